import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apex, programOf } from './probe.mjs';

/** The message with which a class of these lines is refused; line 2 is the first of `lines`. */
function refusal(...lines) {
  const text = ['public class Odd {', ...lines, '}'].join('\n');
  try {
    programOf({ 'Odd.cls': text });
  } catch (error) {
    return error.message;
  }
  throw new Error('the class was accepted');
}

test('broken Apex is refused with file and line', () => {
  assert.match(
    refusal('void run() {', '  Integer i = ;', '}'),
    /^Odd.cls:3 syntax error at column 15/
  );
});

test('unknown names, types, methods, fields and labels are refused before anything runs', () => {
  assert.equal(
    refusal('Integer run() {', 'return missing;', '}'),
    'Odd.cls:3 unknown name missing'
  );
  assert.equal(refusal('Missing field;'), 'Odd.cls:2 unknown type Missing');
  assert.equal(refusal('void run() {', 'missing(1);', '}'), 'Odd.cls:3 unknown method missing/1');
  assert.equal(
    refusal('static void own() {} void run() {', 'Odd.own(1);', '}'),
    'Odd.cls:3 there is no static Odd.own/1'
  );
  assert.equal(
    refusal('Object run() {', 'return Contact.Emial;', '}'),
    'Odd.cls:3 Contact has no field Emial'
  );
  assert.equal(
    refusal('Object run() {', 'return Label.Missing;', '}'),
    'Odd.cls:3 unknown custom label Missing'
  );
  assert.equal(
    refusal('Object run() {', 'return [SELECT Id FROM Missing__c];', '}'),
    'Odd.cls:3 unknown object Missing__c'
  );
});

test('a variable may not hide another', () => {
  assert.equal(
    refusal('void run(String name) {', 'for (String Name : new List<String>()) {}', '}'),
    'Odd.cls:3 duplicate variable Name'
  );
});

test('platform members that are not there are refused before anything runs', () => {
  assert.equal(
    refusal('Object run() {', `return String.foo('x');`, '}'),
    'Odd.cls:3 the local runtime lacks String.foo/1'
  );
  assert.equal(
    refusal('Object run() {', 'return AccessLevel.OTHER;', '}'),
    'Odd.cls:3 the local runtime lacks AccessLevel.OTHER'
  );
  assert.equal(
    refusal('Object run() {', 'return new HttpRequest(1);', '}'),
    'Odd.cls:3 the local runtime lacks new HttpRequest/1'
  );
});

test('syntax that is not there is refused by name', () => {
  assert.equal(
    refusal('void run(List<Contact> all) {', 'undelete all;', '}'),
    'Odd.cls:3 the local runtime lacks the statement UndeleteStatement'
  );
  assert.equal(
    refusal('Integer run(Integer i) {', 'return ~i;', '}'),
    'Odd.cls:3 the local runtime lacks the operator ~'
  );
  assert.match(
    refusal('Object run() {', 'return [FIND :x IN ALL FIELDS RETURNING Contact];', '}'),
    /^Odd.cls:3 the local runtime lacks the expression/
  );
  assert.match(
    refusal('Object run() {', 'return [SELECT COUNT(Id) FROM Contact GROUP BY LastName];', '}'),
    /^Odd.cls:3 the local runtime lacks GROUP BY/
  );
  assert.match(
    refusal('Object run() {', 'return [SELECT Id, (SELECT Id FROM Contacts) FROM Account];', '}'),
    /^Odd.cls:3 the local runtime lacks \(SELECT/
  );
});

test('a method of a value that is not there fails with file and line, and no catch hides it', () => {
  assert.throws(
    () =>
      apex(
        `try {\nString s = 'x'.foo(1);\n} catch (Exception e) { return 'hidden'; }\nreturn null;`
      ),
    { message: 'Probe.cls:5 the local runtime lacks String.foo/1' }
  );
  assert.throws(
    () => apex('Object o = new HttpRequest();\nreturn ((HttpRequest) o).certificate;'),
    {
      message: 'Probe.cls:5 the local runtime lacks HttpRequest.certificate'
    }
  );
});

test('what cannot be computed exactly is refused', () => {
  assert.throws(() => apex('Long big = 9007199254740991L;\nreturn big + 1;'), {
    message: 'Probe.cls:5 the local runtime lacks whole numbers beyond 2^53'
  });
});

test('a regular expression that only Java knows is refused', () => {
  assert.throws(() => apex("return 'aa'.replaceAll('a++', 'b');"), {
    message: 'Probe.cls:4 the local runtime lacks the regular expression a++'
  });
});

test('a relationship of two steps is refused', () => {
  assert.throws(() => apex('return [SELECT Account.Owner.Name FROM Contact];'), {
    message:
      'Probe.cls:4 the local runtime lacks relationships of more than one step (Account.Owner.Name)'
  });
});
