import { isA } from '../runtime/conversion.mjs';
import { equalValues } from '../runtime/equality.mjs';
import { throwApex } from '../runtime/exceptions.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { textOf } from '../runtime/text.mjs';
import { running } from '../runtime/transaction.mjs';
import { runJobs } from './async.mjs';

function fail(message, detail = null) {
  const head =
    message === null || message === undefined
      ? 'Assertion Failed'
      : `Assertion Failed: ${textOf(message)}`;
  return throwApex('AssertException', detail ? `${head}: ${detail}` : head);
}

/** An assertion of one value: `check(value)` says whether it holds. */
function onValue(check, expected) {
  return (value, message) =>
    check(value) ? null : fail(message, `Expected: ${expected}, Actual: ${textOf(value)}`);
}

function areEqual(expected, actual, message) {
  if (equalValues(expected, actual)) return null;
  return fail(message, `Expected: ${textOf(expected)}, Actual: ${textOf(actual)}`);
}

function areNotEqual(unwanted, actual, message) {
  return equalValues(unwanted, actual) ? fail(message, `Same value: ${textOf(actual)}`) : null;
}

function isInstance(value, { type }, message) {
  return isA(value, type)
    ? null
    : fail(message, `Expected an instance of ${type.name}, Actual: ${textOf(value)}`);
}

function isNotInstance(value, { type }, message) {
  return isA(value, type) ? fail(message, `Unexpected instance of ${type.name}`) : null;
}

/** Give an assertion's two forms, without and with message. */
function forms(name, count, check) {
  return { [`${name}/${count}`]: check, [`${name}/${count + 1}`]: check };
}

const asserts = {
  ...forms('areEqual', 2, areEqual),
  ...forms('areNotEqual', 2, areNotEqual),
  ...forms(
    'isTrue',
    1,
    onValue((value) => value === true, 'true')
  ),
  ...forms(
    'isFalse',
    1,
    onValue((value) => value === false, 'false')
  ),
  ...forms(
    'isNull',
    1,
    onValue((value) => value === null, 'null')
  ),
  ...forms(
    'isNotNull',
    1,
    onValue((value) => value !== null, 'a value')
  ),
  ...forms('isInstanceOfType', 2, isInstance),
  ...forms('isNotInstanceOfType', 2, isNotInstance),
  ...forms('fail', 0, (message) => fail(message))
};

/** The assertions of class System, which Assert replaced. */
export const systemAsserts = {
  ...forms(
    'assert',
    1,
    onValue((value) => value === true, 'true')
  ),
  ...forms('assertEquals', 2, areEqual),
  ...forms('assertNotEquals', 2, areNotEqual)
};

function setMock({ type }, mock) {
  running().mocks.set(type.key, mock);
  return null;
}

/** Limits and uncommitted work start anew. */
function startAnew() {
  const transaction = running();
  transaction.hasUncommittedWork = false;
  transaction.used = { callouts: 0, queries: 0, dmlStatements: 0 };
  return null;
}

/** What was queued or scheduled runs now, and is done when this returns. */
function stop() {
  runJobs();
  return startAnew();
}

export const testingTypes = [
  new PlatformType('Assert', { statics: asserts }),
  new PlatformType('Test', {
    statics: {
      'setMock/2': setMock,
      'startTest/0': startAnew,
      'stopTest/0': stop,
      'isRunningTest/0': () => running().isTest
    }
  })
];
