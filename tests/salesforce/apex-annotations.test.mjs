import test from 'node:test';
import { check } from './checks/apex-annotations.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('every broken rule of an annotation is found where it stands', (t) => {
  assertFindings(check(plantedProject(t, 'apex-annotations')), [
    'BadAction.cls:3: @InvocableVariable has no attribute lable',
    'BadAction.cls:3: a Flow cannot pass Map<String,String>',
    'BadAction.cls:5: neither static nor final',
    'BadAction.cls:7: @InvocableVariable must be public',
    'BadAction.cls:15: @InvocableMethod has no attribute labell',
    'BadAction.cls:15: must be static',
    'BadAction.cls:15: takes a List, not Request',
    'BadAction.cls:20: at most one parameter',
    'BadAction.cls:20: @InvocableMethod must be public or global',
    'BadAction.cls:20: returns a List or void, not Request',
    'BadAction.cls:20: Empty has no @InvocableVariable',
    'BadAction.cls:20: at most one @InvocableMethod',
    'BadAction.cls:26: must be in an outer class',
    'BadController.cls:2: @AuraEnabled notStatic must be static',
    'BadController.cls:7: a cacheable method must not write',
    'BadController.cls:12: a cacheable method must not write',
    'BadController.cls:17: @AuraEnabled has no attribute cachable',
    'BadController.cls:22: must be public or global',
    'BadController.cls:22: a second @AuraEnabled twice',
    'BadController.cls:27: there is no annotation @auraenable',
    'BadController.cls:36: must be a void method without parameters',
    'BadController.cls:36: needs @IsTest on its class',
    'SilentCallout.cls:2: add callout=true',
    "Unparsable.cls:4: missing ';'"
  ]);
});

test('correct annotations pass', (t) => {
  assertFindings(check(plantedProject(t)), []);
});
