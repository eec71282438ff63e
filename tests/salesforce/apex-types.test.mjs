import assert from 'node:assert/strict';
import test from 'node:test';
import { check } from './checks/apex-types.mjs';
import { javaCommand } from './reading/java.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('every error of type is found where it stands, and nothing in the correct classes', async (t) => {
  assertFindings(await check(plantedProject(t, 'apex-types')), [
    'BadTypes.cls:3: Incompatible return type',
    'BadTypes.cls:6: Method does not return a value',
    "BadTypes.cls:10: No type declaration found for 'Nowhere'",
    "BadTypes.cls:11: No variable or type found for 'missing'",
    "BadTypes.cls:12: No matching method found for 'shout'",
    "BadTypes.cls:13: No matching method found for 'nothing'",
    "BadTypes.cls:14: did you mean to call 'public System.String post",
    "BadTypes.cls:15: Unknown field or type 'Greeting_Helo' on 'System.Label'",
    "BadTypes.cls:19: Unknown field 'Emial'",
    "BadTypes.cls:20: Unknown field 'NoSuch__c'",
    "BadTypes.cls:24: No matching method found for 'getTimeout'"
  ]);
});

test('java is taken from JAVA, else from JAVA_HOME, else from the path', () => {
  assert.equal(
    javaCommand({ JAVA: '/opt/java/bin/java', JAVA_HOME: '/opt/other' }),
    '/opt/java/bin/java'
  );
  assert.equal(javaCommand({ JAVA_HOME: '/opt/other' }), '/opt/other/bin/java');
  assert.equal(javaCommand({}), 'java');
});
