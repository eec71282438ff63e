import { MemoryDatabase } from './data/memory-database.mjs';
import { Coverage } from './runtime/coverage.mjs';
import { ApexThrow } from './runtime/faults.mjs';
import { invoke } from './runtime/invoke.mjs';
import { exceptionTypeName } from './runtime/text.mjs';
import { Transaction } from './runtime/transaction.mjs';
import { SObject } from './values/sobject.mjs';

/** Who runs Apex tests. */
export const TEST_USER = Object.freeze({
  id: '005000000000001AAA',
  name: 'Test Runner',
  userName: 'test.runner@example.com',
  email: 'test.runner@example.com',
  organizationId: '00D000000000001EAA'
});

/**
 * Run Apex test methods, each in a transaction and a database of its own.
 * @param options.filter part of a class name, or `Class.method`; case is ignored
 * @param options.onResult called with each result as it comes
 * @returns `{results: [{name, ms, passed, message, stack}], coverage}`
 */
export function runTests(program, { filter = '', onResult = () => {} } = {}) {
  const coverage = new Coverage(program.units);
  const results = [];
  for (const type of program.classes().filter((each) => each.isTest && each.outer === null)) {
    const methods = testMethods(type).filter((method) =>
      matches(`${type.name}.${method.name}`, filter)
    );
    if (methods.length) results.push(...runClass(program, type, methods, coverage, onResult));
  }
  return { results, coverage };
}

function testMethods(type) {
  return type.allMethods.filter((method) => method.isStatic && 'istest' in method.annotations);
}

function matches(name, filter) {
  return name.toLowerCase().includes(filter.toLowerCase());
}

function runClass(program, type, methods, coverage, onResult) {
  const initial = databaseFor(program);
  const setup = type.allMethods.find((method) => 'testsetup' in method.annotations);
  const failedSetup = setup && failure(program, setup, initial, coverage);
  return methods.map((method) => {
    const started = performance.now();
    const fault = failedSetup ?? failure(program, method, initial.copy(), coverage);
    const ms = Math.round(performance.now() - started);
    const result = { name: `${type.name}.${method.name}`, ms, passed: !fault, ...fault };
    onResult(result);
    return result;
  });
}

/** A database that holds the org's set-up and the running user. */
function databaseFor(program) {
  const database = new MemoryDatabase(program.schema);
  const user = new SObject('User');
  user.set('Id', TEST_USER.id);
  user.set('Name', TEST_USER.name);
  user.set('Username', TEST_USER.userName);
  user.set('Email', TEST_USER.email);
  for (const record of [user, ...program.setupRecords]) {
    database.rowsOf(record.typeName).push(record);
  }
  database.lastNumber = 1;
  return database;
}

/** Run one method; null when it passes, else `{message, stack}`. */
function failure(program, method, database, coverage) {
  const transaction = new Transaction({
    program,
    database,
    user: TEST_USER,
    isTest: true,
    coverage
  });
  try {
    transaction.run(() => invoke(method, null, []));
    return null;
  } catch (error) {
    return describeFault(error);
  }
}

/** `{message, stack}` of whatever left a test method. */
export function describeFault(error) {
  if (error instanceof ApexThrow) {
    const { exception } = error;
    const message = exception.message ?? exception.clientMessage ?? 'Script-thrown exception';
    return { message: `${exceptionTypeName(exception)}: ${message}`, stack: exception.trace ?? [] };
  }
  const inside = error.name === 'RuntimeLacks' ? [] : [`${error.stack}`];
  return { message: error.message, stack: [...(error.apexStack ?? []), ...inside] };
}
