/** What the page shows of the org's records: lists of them, and one of them in full. */
import { recordAddress, resolveField } from './fields.mjs';
import { LAYOUTS } from './layouts.mjs';
import { containsText, quoted, valueAt } from './soql.mjs';

/** Rows of a list view; Lightning loads 50 at a time. */
const LIST_ROWS = 50;

/**
 * The records of `objectName` whose name, email or the like contains `search`.
 * Shape: `{objectName, label, labelPlural, icon, hasMore, columns: [label], rows: [{id, href,
 * cells: [{label, type, value, href}]}]}`, ordered by name, at most 50 rows.
 */
export async function listView(connection, objectName, search) {
  const layout = LAYOUTS[objectName];
  const description = await connection.describe(objectName);
  const fields = layout.list.map((entry) => resolveField(entry, description));
  const where = search ? ` WHERE ${containsText(layout.searched, search)}` : '';
  const found = await connection.query(
    `SELECT ${columnsOf(objectName, fields)} FROM ${objectName}${where} ORDER BY ${nameField(objectName)} LIMIT ${LIST_ROWS + 1}`
  );
  const rows = found.slice(0, LIST_ROWS).map((record) => rowOf(objectName, fields, record));
  return {
    ...headOf(objectName, description),
    hasMore: found.length > LIST_ROWS,
    columns: fields.map(({ show }) => show({}).label),
    rows
  };
}

/**
 * One record with its header and details, or null when the org does not have it.
 * Shape: `{objectName, label, icon, id, name, isEditable, highlights: [field], sections: [{label,
 * columns: [[field]]}], placed: {name: field}}`, a field being `{label, type, value, href}`.
 * @param placed names of fields that stand on the page by themselves; those that the user may not
 *   see are left out, as on the platform.
 */
export async function recordView(connection, objectName, recordId, placed = []) {
  const layout = LAYOUTS[objectName];
  const description = await connection.describe(objectName);
  const resolve = (entry) => resolveField(entry, description);
  const highlights = layout.highlights.map(resolve);
  const sections = layout.sections.map(({ label, columns }) => ({
    label,
    columns: columns.map((entries) => entries.map(resolve))
  }));
  const visible = placed.filter((name) => description.fields.some((field) => field.name === name));
  const single = new Map(visible.map((name) => [name, resolve(name)]));
  const fields = [
    ...highlights,
    ...sections.flatMap(({ columns }) => columns.flat()),
    ...single.values()
  ];
  const columns = columnsOf(objectName, fields);
  const record = await recordWithId(connection, objectName, columns, recordId);
  if (!record) return null;
  return {
    ...headOf(objectName, description),
    id: record.Id,
    name: record[nameField(objectName)],
    isEditable: Boolean(layout.edited),
    highlights: highlights.map(({ show }) => show(record)),
    sections: sections.map(({ label, columns }) => ({
      label,
      columns: columns.map((column) => column.map(({ show }) => show(record)))
    })),
    placed: Object.fromEntries([...single].map(([name, { show }]) => [name, show(record)]))
  };
}

/**
 * One record as `getRecord` of `lightning/uiRecordApi` gives it, or null when the org has none.
 * @param qualifiedNames such as `Contact.Email`; the first says which object is asked.
 */
export async function uiRecord(connection, recordId, qualifiedNames) {
  const objectName = qualifiedNames[0].split('.')[0];
  const names = qualifiedNames.map((name) => name.slice(objectName.length + 1));
  const columns = [...new Set(['Id', ...names])].join(', ');
  const record = await recordWithId(connection, objectName, columns, recordId);
  if (!record) return null;
  const fields = names.map((name) => [name, { value: valueAt(record, name), displayValue: null }]);
  return { apiName: objectName, id: record.Id, fields: Object.fromEntries(fields) };
}

async function recordWithId(connection, objectName, columns, recordId) {
  if (!/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(recordId)) return null;
  const soql = `SELECT ${columns} FROM ${objectName} WHERE Id = ${quoted(recordId)} LIMIT 1`;
  const [record] = await connection.query(soql);
  return record ?? null;
}

function headOf(objectName, { label, labelPlural }) {
  return { objectName, label, labelPlural, icon: LAYOUTS[objectName].icon };
}

function rowOf(objectName, fields, record) {
  const href = recordAddress(objectName, record.Id);
  const cells = fields.map(({ show }) => show(record));
  cells[0].href = href;
  return { id: record.Id, href, cells };
}

function nameField(objectName) {
  return LAYOUTS[objectName].nameField ?? 'Name';
}

/** The columns of a query for `fields`: each once, and always id and name. */
function columnsOf(objectName, fields) {
  const columns = fields.flatMap((field) => field.columns);
  return [...new Set(['Id', nameField(objectName), ...columns])].join(', ');
}
