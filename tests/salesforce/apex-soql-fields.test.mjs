import test from 'node:test';
import { check } from './checks/apex-soql-fields.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('every unknown field, relationship and object of a static query is found, and no other', (t) => {
  assertFindings(check(plantedProject(t, 'apex-soql-fields')), [
    'Queries.cls:13: Contact has no field Emial',
    'Queries.cls:14: Account has no field Nmae',
    'Queries.cls:15: Contact has no relationship Acount',
    'Queries.cls:17: Contact has no field NoSuch__c',
    'Queries.cls:17: Account has no field Idd',
    'Queries.cls:18: Contact has no field Surname',
    'Queries.cls:20: Account has no child relationship Visits',
    'Queries.cls:21: Visit__c has no field Idd',
    'Queries.cls:22: object Opportunity is unknown',
    'Queries.cls:23: Account has no field Nmae'
  ]);
});
