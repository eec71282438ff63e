import test from 'node:test';
import { check } from './checks/apex-soql-fields.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('every unknown field, relationship and object of a static query is found, and no other', (t) => {
  assertFindings(check(plantedProject(t, 'apex-soql-fields')), [
    'Queries.cls:24: Account has no field Nmae',
    'Queries.cls:24: Contact has no field Emial',
    'Queries.cls:24: Contact has no relationship Acount',
    'Queries.cls:26: Account has no field Idd',
    'Queries.cls:26: Contact has no field NoSuch__c',
    'Queries.cls:27: Contact has no field Surname',
    'Queries.cls:29: Account has no child relationship Callings',
    'Queries.cls:30: Visit__c has no field Idd',
    'Queries.cls:31: there is no object Opportunities',
    'Queries.cls:32: Account has no field Nmae'
  ]);
});
