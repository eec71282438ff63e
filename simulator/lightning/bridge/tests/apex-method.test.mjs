import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { apexMethod } from '../modules/apex-method.js';
import { refreshApex } from '../modules/apex.js';

/** The page's server: remembers what was asked, answers what the test says, one call after another. */
let asked;
let outcomes;
const originalFetch = globalThis.fetch;

beforeEach(() => {
  asked = [];
  outcomes = [];
  globalThis.fetch = async (address, { body }) => {
    asked.push([address, JSON.parse(body)]);
    return Response.json(outcomes.shift());
  };
});
afterEach(() => (globalThis.fetch = originalFetch));

/** A method of a class that no other test has asked. */
let classes = 0;
const newMethod = (isCacheable = true) => apexMethod(`Class${classes++}`, 'read', isCacheable);

/** A wire as the engine drives it; `states` is what it was given. */
function wire(method, config) {
  const states = [];
  const adapter = new method.adapter((state) => states.push(state));
  adapter.connect();
  adapter.update(config);
  return { adapter, states, last: () => states.at(-1) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const value = (answer) => ({ ok: true, value: answer });
const fault = (message) => ({
  ok: false,
  error: { message, exceptionType: 'System.AuraHandledException', stackTrace: 'Class.A.b: line 1' }
});

test('a wire starts with nothing, then gives the data, frozen all the way down', async () => {
  outcomes = [value({ items: [{ id: 'a' }] })];
  const { states, last } = wire(newMethod(), { recordId: '003' });
  assert.deepEqual(states, [{ data: undefined, error: undefined }]);
  await settled();
  assert.deepEqual(last(), { data: { items: [{ id: 'a' }] }, error: undefined });
  assert.throws(() => {
    last().data.items[0].id = 'b';
  }, TypeError);
});

test('the parameters travel as they are, to the class and method that were imported', async () => {
  outcomes = [value(1)];
  const method = newMethod();
  wire(method, { recordId: '003', maxItems: 4, actionName: null });
  await settled();
  const [[address, body]] = asked;
  assert.match(address, /^\/apex\/Class\d+\/read$/);
  assert.deepEqual(body, { recordId: '003', maxItems: 4, actionName: null });
});

test('a parameter that is undefined keeps the wire from asking, null does not', async () => {
  const method = newMethod();
  const { adapter } = wire(method, { recordId: undefined });
  await settled();
  assert.equal(asked.length, 0);
  outcomes = [value(1)];
  adapter.update({ recordId: null });
  await settled();
  assert.equal(asked.length, 1);
});

test('two wires with equal parameters share one call', async () => {
  outcomes = [value(1)];
  const method = newMethod();
  const first = wire(method, { a: 1, b: 2 });
  const second = wire(method, { b: 2, a: 1 });
  await settled();
  assert.equal(asked.length, 1);
  assert.deepEqual([first.last().data, second.last().data], [1, 1]);
});

test('a wire that comes later gets what is kept, without a call', async () => {
  outcomes = [value(1)];
  const method = newMethod();
  wire(method, { a: 1 });
  await settled();
  assert.equal(wire(method, { a: 1 }).last().data, 1);
  assert.equal(await method({ a: 1 }), 1);
  assert.equal(asked.length, 1);
});

test('other parameters are another question', async () => {
  outcomes = [value(1), value(2)];
  const { adapter, last } = wire(newMethod(), { a: 1 });
  await settled();
  adapter.update({ a: 2 });
  await settled();
  assert.equal(last().data, 2);
});

test('refreshApex asks again and tells every wire that shows the answer', async () => {
  outcomes = [value(1), value(2)];
  const method = newMethod();
  const first = wire(method, { a: 1 });
  const second = wire(method, { a: 1 });
  await settled();
  await refreshApex(first.last());
  assert.deepEqual([first.last().data, second.last().data], [2, 2]);
});

test('refreshApex stays silent when nothing has changed, as the platform does', async () => {
  outcomes = [value({ a: 1 }), value({ a: 1 })];
  const { states, last } = wire(newMethod(), {});
  await settled();
  const told = states.length;
  await refreshApex(last());
  assert.deepEqual([asked.length, states.length], [2, told]);
});

test('an error has the shape of the platform, and is not kept', async () => {
  outcomes = [fault('{"code":"NOT_CONNECTED"}'), value(1)];
  const method = newMethod();
  const { last } = wire(method, {});
  await settled();
  const { data, error } = last();
  assert.equal(data, undefined);
  assert.deepEqual([error.ok, error.status, error.statusText], [false, 500, 'Server Error']);
  assert.equal(error.body.message, '{"code":"NOT_CONNECTED"}');
  assert.equal(error.body.exceptionType, 'System.AuraHandledException');
  assert.equal(await method({}), 1);
});

test('a refresh after an error brings the data', async () => {
  outcomes = [fault('x'), value(1)];
  const { last } = wire(newMethod(), {});
  await settled();
  await refreshApex(last());
  assert.deepEqual(last(), { data: 1, error: undefined });
});

test('a wire that was disconnected hears no more', async () => {
  outcomes = [value(1)];
  const { adapter, states } = wire(newMethod(), {});
  adapter.disconnect();
  await settled();
  assert.deepEqual(states, [{ data: undefined, error: undefined }]);
});

test('a method that is not cacheable is called each time, and its answer may be changed', async () => {
  outcomes = [value({ a: 1 }), value({ a: 1 })];
  const method = newMethod(false);
  const answer = await method({});
  answer.a = 2;
  assert.deepEqual(await method({}), { a: 1 });
});

test('wiring a method that is not cacheable is refused', async () => {
  const { last } = wire(newMethod(false), {});
  await settled();
  assert.match(last().error.body.message, /is not @AuraEnabled\(cacheable=true\)/);
  assert.equal(asked.length, 0);
});
