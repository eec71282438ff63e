import test from 'node:test';
import { check } from './checks/package-surface.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('what was released and is gone, changed or demanded is found', (t) => {
  assertFindings(check(plantedProject(t, 'package-surface')), [
    'released-surface.json:8: member SayHello.say(List<Request>) was released and is gone',
    'released-surface.json:9: permission set Greeting_Gone was released and is gone',
    'released-surface.json:11: property greeting.title was released and is gone',
    'released-surface.json:12: target greeting on lightning__AppPage was released and is gone',
    'Greeting__c.field-meta.xml:1: was released as Number, and is Text',
    'SayHello.cls:3: member SayHello.Request.name was optional when it was released',
    'SayHello.cls:5: member SayHello.Request.greeting is new and required',
    'SayHello.cls:7: was released as Integer, and is Decimal'
  ]);
});

test('more than was released is right, and less that must be given', (t) => {
  assertFindings(check(plantedProject(t)), []);
});

test('without a list of what was released there is nothing to rely on', (t) => {
  const project = plantedProject(t);
  project.has = () => false;
  assertFindings(check(project), ['released-surface.json:1: is missing']);
});
