/** Records that a person changes on the page: the form, the save, and what the save starts. */
import { LAYOUTS } from './layouts.mjs';
import { quoted, valueAt } from './soql.mjs';

/** As many records as Salesforce saves, and hands to a Flow, at once. */
export const MOST_AT_ONCE = 200;

/**
 * The form of one record, or null when the org does not have it.
 * Shape: `{objectName, label, id, name, fields: [{name, label, type, value, required, options}]}`;
 * `options` is null where any value may be entered.
 */
export async function editView(connection, objectName, recordId) {
  const description = await connection.describe(objectName);
  const [record] = await fullRecords(connection, objectName, [recordId]);
  if (!record) return null;
  const fields = editableFields(description).map((field) => ({
    ...field,
    value: record[field.name] ?? null
  }));
  const name = valueAt(record, LAYOUTS[objectName].nameField ?? 'Name');
  return { objectName, label: description.label, id: record.Id, name, fields };
}

/** The fields of the form: `[{name, label, type, required, options}]`. */
export function editableFields({ name: objectName, fields }) {
  return LAYOUTS[objectName].edited.map((name) => {
    const { label, type, nillable, picklistValues } = fields.find((field) => field.name === name);
    const options = type === 'picklist' ? picklistValues.map(({ value }) => value) : null;
    return { name, label, type, required: !nillable, options };
  });
}

/**
 * Save changes `[{Id, field: value}]` of up to 200 records, and start the Flows that follow.
 * @returns `{saved, problems: [text], runs: [id]}`; the runs go on by themselves.
 */
export async function saveRecords(connection, runner, objectName, changes) {
  const ids = changes.map(({ Id }) => Id);
  const before = byId(await fullRecords(connection, objectName, ids));
  const results = await connection.change(objectName, changes);
  const after = await fullRecords(
    connection,
    objectName,
    results.map(({ id }) => id).filter(Boolean)
  );
  const pairs = after.map((record) => ({ before: before.get(record.Id), after: record }));
  const runs = runner.saved(objectName, pairs);
  return {
    saved: after.length,
    problems: [...new Set(results.map(({ problem }) => problem).filter(Boolean))],
    runs: runs.map(({ id }) => id)
  };
}

/** The ids of the first `count` records whose `field` has another value than `value`. */
export async function idsToChange(connection, objectName, field, value, count) {
  const order = LAYOUTS[objectName].nameField ?? 'Name';
  const other = value === null ? `${field} != null` : `${field} != ${quoted(value)}`;
  const soql = `SELECT Id FROM ${objectName} WHERE ${other} ORDER BY ${order} LIMIT ${count}`;
  return (await connection.query(soql)).map(({ Id }) => Id);
}

async function fullRecords(connection, objectName, ids) {
  const wanted = ids.filter((id) => /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(id));
  if (wanted.length === 0) return [];
  const { fields } = await connection.describe(objectName);
  const columns = fields.map(({ name }) => name).join(', ');
  const list = wanted.map(quoted).join(', ');
  return connection.query(`SELECT ${columns} FROM ${objectName} WHERE Id IN (${list})`);
}

const byId = (records) => new Map(records.map((record) => [record.Id, record]));
