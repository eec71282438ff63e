import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { writeNamespaced } from '../../scripts/deploying/namespaced.mjs';
import { check as checkReferences } from './checks/metadata-references.mjs';
import { check } from './checks/namespace.mjs';
import { assertFindings, plantedProject } from './planted.mjs';
import { Project } from './reading/project.mjs';

test('what is read as text at run time is found where it is written', (t) => {
  assertFindings(check(plantedProject(t, 'namespace')), [
    'BadNames.cls:2: Greeting__c as text gets no prefix',
    'BadNames.cls:3: Send_Greeting, the name of a Flow, as text',
    'BadNames.cls:4: other__Greeting_Service has a prefix of its own',
    "BadNames.cls:5: write 'callout:Name' in one piece",
    'BadNames.cls:6: Greeting_Service, the name of a named credential',
    'BadAction.cls:2: other-greeting-editor must begin with c-',
    'badTags.js:6: Greeting__c as text gets no prefix',
    'badTags.js:7: c__recordId: a state of pages',
    'badTags.js:7: c__other: a state of pages',
    'badTags.js:8: Greeting_Contact_Page, the name of a page, as text',
    "badTags.js:11: 'div, c-greeting' names a tag",
    'badTags.css:1: c-greeting names a tag',
    'badTags.css:4: c-greeting-editor names a tag',
    'badTags.js-meta.xml:6: apex://c.GreetingPicklist: leave the prefix away',
    'Bad_Page.flexipage-meta.xml:3: c:greeting: leave the prefix away',
    'Bad_Page.flexipage-meta.xml:4: other__Greeting__c belongs to another package',
    'Bad_Page.flexipage-meta.xml:5: c__greeting: leave the prefix away',
    'Bad_Page.flexipage-meta.xml:6: $Label.c.Greeting_Title: leave the prefix away'
  ]);
});

test('a correct project passes', (t) => {
  assertFindings(check(plantedProject(t)), []);
});

test('a namespace that is only declared is found where the platform completes no name', (t) => {
  const project = plantedProject(t);
  const settings = { ...project.settings, namespace: 'ns' };
  const named = plantedProject(t, undefined, { 'sfdx-project.json': JSON.stringify(settings) });
  assertFindings(check(named), [
    'GreetingClient.cls:4: Greeting_Service must begin with ns__',
    'SendGreeting.cls:9: c-greeting-editor must begin with ns-'
  ]);
});

test('the sources written for a namespace are complete', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'namespaced-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeNamespaced(plantedProject(t).root, folder, 'ns');
  const project = new Project(folder);
  assertFindings(check(project), []);
  assertFindings(checkReferences(project), []);
});
