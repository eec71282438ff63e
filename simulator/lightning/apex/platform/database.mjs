import { parseQuery } from '../syntax/query.mjs';
import { CompileFault } from '../syntax/parse.mjs';
import { query, recordsOf, write, dml } from '../runtime/data-access.mjs';
import { throwApex } from '../runtime/exceptions.mjs';
import { lacks } from '../runtime/faults.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { ApexList } from '../values/collections.mjs';
import { apexType, STRING } from '../values/types.mjs';
import { enumType } from './enums.mjs';

const STATUS_CODES = [
  'DUPLICATE_VALUE',
  'ENTITY_IS_DELETED',
  'INVALID_CROSS_REFERENCE_KEY',
  'INVALID_EMAIL_ADDRESS',
  'INVALID_FIELD_FOR_INSERT_UPDATE',
  'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
  'MALFORMED_ID',
  'MISSING_ARGUMENT',
  'REQUIRED_FIELD_MISSING',
  'STRING_TOO_LONG'
];

const accessLevel = enumType('AccessLevel', ['USER_MODE', 'SYSTEM_MODE']);
/** Why the platform refuses a record, as far as the two databases say so. */
const statusCode = enumType('StatusCode', STATUS_CODES);
const ERROR = apexType('Database.Error');

const STATUS_CODE_BY_NAME = (name) =>
  statusCode.constants.get(name.toLowerCase()) ?? lacks(`StatusCode.${name}`);

/** What Database.insert and its like answer for one record. */
class WriteResult {
  constructor({ success, id, errors }) {
    this.success = success;
    this.id = id;
    this.errors = errors.map((each) => Object.assign(new WriteError(), each));
  }
}

class WriteError {}

/** Parse and run a query given as text; `binds` holds the values of `:name`. */
function dynamicQuery(text, binds = null) {
  return query(parsed(text), bindings(binds));
}

function parsed(text) {
  try {
    return parseQuery(text, (_, what) => lacks(what));
  } catch (error) {
    if (!(error instanceof CompileFault)) throw error;
    return throwApex('QueryException', error.message.replace(/^SOQL:\d+ /, ''));
  }
}

/** Bind values found without regard to case. */
function bindings(map) {
  const values = new Map((map ? [...map] : []).map(([name, value]) => [name.toLowerCase(), value]));
  return new Proxy(
    {},
    {
      get(_, name) {
        if (!map) return lacks(`local variables in Database.query (:${name}); use queryWithBinds`);
        const key = name.toLowerCase();
        return values.has(key)
          ? values.get(key)
          : throwApex('QueryException', `Key '${name}' does not exist in the bindMap`);
      }
    }
  );
}

function countOf(text, binds) {
  const answer = dynamicQuery(text, binds);
  return typeof answer === 'number' ? answer : answer.items.length;
}

/** `Database.insert(records)`, with allOrNone and access level after it. */
function writer(operation) {
  return (target, ...options) => {
    const allOrNone = options.find((each) => typeof each === 'boolean') ?? true;
    const records = recordsOf(target);
    const answers = allOrNone ? dml(operation, target) : write(operation, records, { allOrNone });
    const results = answers.map((each) => new WriteResult(each));
    return target instanceof ApexList
      ? new ApexList(apexType('Database.SaveResult'), results)
      : results[0];
  };
}

function writers(operation) {
  return Object.fromEntries([1, 2, 3].map((count) => [`${operation}/${count}`, writer(operation)]));
}

const resultMethods = {
  'isSuccess/0': (result) => result.success,
  'getId/0': (result) => result.id,
  'getErrors/0': (result) => new ApexList(ERROR, result.errors)
};

export const databaseTypes = [
  new PlatformType('Database', {
    statics: {
      'query/1': (text) => dynamicQuery(text),
      'query/2': (text) => dynamicQuery(text),
      'queryWithBinds/3': (text, binds) => dynamicQuery(text, binds),
      'countQuery/1': (text) => countOf(text),
      'countQuery/2': (text) => countOf(text),
      'countQueryWithBinds/3': (text, binds) => countOf(text, binds),
      ...writers('insert'),
      ...writers('update'),
      ...writers('upsert'),
      ...writers('delete')
    }
  }),
  new PlatformType('Database.SaveResult', { holds: WriteResult, methods: resultMethods }),
  new PlatformType('Database.UpsertResult'),
  new PlatformType('Database.DeleteResult'),
  new PlatformType('Database.Error', {
    holds: WriteError,
    methods: {
      'getMessage/0': (error) => error.message,
      'getStatusCode/0': (error) => STATUS_CODE_BY_NAME(error.statusCode),
      'getFields/0': (error) => new ApexList(STRING, error.fields)
    }
  }),
  accessLevel,
  statusCode
];
