import { parseJson } from '../json/parse.mjs';
import { write } from '../json/write.mjs';
import { throwApex } from '../runtime/exceptions.mjs';
import { setField } from '../runtime/records.mjs';
import { ApexMap } from '../values/collections.mjs';
import { OBJECT, STRING } from '../values/types.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';
import { soqlText } from './soql-text.mjs';

const API = '/services/data/v65.0';

/** The records of a simulated org, over its REST API. */
export class RestDatabase {
  /** @param ask sends `{method, path, body}` and answers `{status, body}`, waiting for it */
  constructor(schema, ask) {
    this.schema = schema;
    this.ask = ask;
  }

  /** Run a query, all its pages; a refused one is a QueryException. */
  query(query) {
    let page = this.page(`${API}/query?q=${encodeURIComponent(soqlText(query))}`);
    if (query.isCount) return { count: page.totalSize };
    const rows = [...page.records];
    while (page.nextRecordsUrl) {
      page = this.page(page.nextRecordsUrl);
      rows.push(...page.records);
    }
    return { rows: rows.map((row) => this.record(row, query.select)) };
  }

  page(path) {
    const { status, body } = this.ask({ method: 'GET', path });
    if (status === 200) return parseJson(body);
    if (status === 400) return throwApex('QueryException', parseJson(body)[0].message);
    throw new Error(`the simulated org answered ${status} for ${path}: ${body}`);
  }

  /** A row of an answer as a record that knows which fields were asked for. */
  record({ attributes, ...fields }, select) {
    const names = select.map(([name]) => name.toLowerCase());
    const record = new SObject(attributes.type, { queriedFields: new Set(['id', ...names]) });
    for (const [name, value] of Object.entries(fields)) {
      if (value?.attributes) record.set(name, this.record(value, parentFields(select, name)));
      else setField(record, name, this.fieldValue(attributes.type, name, value));
    }
    return record;
  }

  fieldValue(typeName, name, value) {
    const type = this.schema.find(typeName).field(name)?.type;
    if (type === 'datetime') return ApexDatetime.parseIso(value);
    return type === 'date' ? ApexDate.parseIso(value) : value;
  }

  /** Write records one by one; what was written before a refusal stays. */
  write(operation, records) {
    return records.map((record) => this.writeOne(operation, record));
  }

  writeOne(operation, record) {
    const id = record.get('Id');
    const path = `${API}/sobjects/${record.typeName}`;
    const isNew = operation === 'insert' || (operation === 'upsert' && id === null);
    if (isNew) return this.insert(path, record);
    const [method, body] =
      operation === 'delete' ? ['DELETE', null] : ['PATCH', fieldsJson(record)];
    return outcome(this.ask({ method, path: `${path}/${id}`, body }), id);
  }

  insert(path, record) {
    const answer = this.ask({ method: 'POST', path, body: fieldsJson(record) });
    if (answer.status !== 201) return outcome(answer, null);
    record.set('Id', parseJson(answer.body).id);
    return outcome(answer, record.get('Id'));
  }
}

function parentFields(select, name) {
  const key = name.toLowerCase();
  return select.filter(([first]) => first.toLowerCase() === key).map(([, ...rest]) => rest);
}

function fieldsJson(record) {
  const fields = record
    .entries()
    .filter(([name, value]) => name !== 'Id' && !(value instanceof SObject));
  return write(new ApexMap(STRING, OBJECT, fields), {});
}

function outcome({ status, body }, id) {
  if (status < 300) return { success: true, id, errors: [] };
  const errors = parseJson(body).map(({ errorCode, message, fields = [] }) => ({
    statusCode: errorCode,
    message,
    fields
  }));
  return { success: false, id: null, errors };
}
