import { ApexList } from '../values/collections.mjs';
import { SObject } from '../values/sobject.mjs';
import { apexType } from '../values/types.mjs';
import { throwApex, throwNullPointer } from './exceptions.mjs';
import { lacks } from './faults.mjs';
import { running } from './transaction.mjs';

/** Run a query whose binds stand by position or, for dynamic queries, by name. */
export function query(parsed, bound) {
  const transaction = running();
  transaction.used.queries += 1;
  const filled = bindValues(parsed, (key) => bound[key]);
  const object = transaction.program.schema.find(filled.from);
  if (!object) throwApex('QueryException', `sObject type '${filled.from}' is not supported.`);
  const source = object.isCustomMetadata
    ? transaction.program.customMetadata
    : transaction.database;
  const answer = source.query({ ...filled, from: object.name });
  if (filled.isCount) return answer.count;
  return new ApexList(apexType(object.name), answer.rows, { fromQuery: true });
}

/** The query with every bind replaced by its value, as `{type: 'apex', value}`. */
function bindValues(parsed, lookUp) {
  const fill = (node) => {
    if (node === null || typeof node !== 'object') return node;
    if (Array.isArray(node)) return node.map(fill);
    if (node.type === 'bind') return { type: 'apex', value: lookUp(node.value) };
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value)]));
  };
  return fill(parsed);
}

/** `insert records;` and the like: all or none, a failure is a DmlException. */
export function dml(operation, target) {
  const records = recordsOf(target);
  const results = write(operation, records);
  const failed = results.findIndex((each) => !each.success);
  if (failed >= 0) throwDmlException(operation, failed, results[failed]);
  return results;
}

/** Write records and answer one result each; nothing is thrown for a refused record. */
export function write(operation, records, { allOrNone = true } = {}) {
  const transaction = running();
  if (!records.length) return [];
  if (transaction.isReadOnly) throwApex('LimitException', 'Too many DML statements: 1');
  transaction.used.dmlStatements += 1;
  transaction.hasUncommittedWork = true;
  return transaction.database.write(operation, records, { allOrNone });
}

/** A record or a list of records as a JavaScript array. */
export function recordsOf(target) {
  if (target === null) throwNullPointer();
  if (target instanceof SObject) return [target];
  const records = [...target];
  if (!records.every((each) => each instanceof SObject)) lacks('DML on anything but records');
  return records;
}

const DONE = { insert: 'Insert', update: 'Update', delete: 'Delete', upsert: 'Upsert' };

function throwDmlException(operation, row, { errors: [error] }) {
  const fields = `[${error.fields.join(', ')}]`;
  const first = `${error.statusCode}, ${error.message}: ${fields}`;
  throwApex(
    'DmlException',
    `${DONE[operation]} failed. First exception on row ${row}; first error: ${first}`,
    { dmlErrors: [{ row, ...error }] }
  );
}

/** `System.runAs(user)` */
export function enterUser(user) {
  const transaction = running();
  if (user === null) throwNullPointer();
  transaction.users.push(transaction.user);
  transaction.user = {
    ...transaction.user,
    id: user.get('Id') ?? transaction.user.id,
    name: user.get('Name') ?? user.get('LastName') ?? transaction.user.name,
    email: user.get('Email') ?? transaction.user.email,
    userName: user.get('Username') ?? transaction.user.userName
  };
}

export function leaveUser() {
  const transaction = running();
  transaction.user = transaction.users.pop();
}

/** A custom label's text. */
export function label(name) {
  return running().program.labels.get(name.toLowerCase());
}
