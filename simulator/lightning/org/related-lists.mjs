/** Related lists of a record page: which rows of another object belong to the record. */
import fs from 'node:fs';
import path from 'node:path';
import { recordAddress, resolveField } from './fields.mjs';
import { readMetadata } from './metadata.mjs';
import { quoted } from './soql.mjs';

const NAME = 'lst:dynamicRelatedList';

/** The part of a page that its metadata describes; see `pageView()`. */
export function relatedListPart({
  relatedListApiName: relationship,
  relatedListLabel: label,
  relatedListFieldAliases: aliases,
  maxRecordsToDisplay: most,
  sortFieldAlias,
  sortFieldOrder
}) {
  const fields = aliases.map((alias) => (alias === 'NAME' ? 'Name' : alias));
  return {
    kind: 'relatedList',
    relationship,
    label,
    fields,
    most: Number(most),
    orderBy: `${sortFieldAlias}${sortFieldOrder === 'Descending' ? ' DESC' : ''}`
  };
}

/** The related list of a page (from `recordPage()`) by its relationship, or null. */
export function relatedListOf(page, relationship) {
  const instances = Object.values(page?.regions ?? {}).flat();
  const found = instances.find(
    ({ name, properties }) => name === NAME && properties.relatedListApiName === relationship
  );
  return found ? relatedListPart(found.properties) : null;
}

/**
 * The rows of a related list of one record.
 * Shape: `{label, hasMore, columns: [label], rows: [{id, cells: [{label, type, value, href}]}]}`.
 * @param list from `relatedListOf()`; `objects` is the folder of the project's objects.
 */
export async function relatedRows(connection, objects, parentName, recordId, list) {
  const { objectName, fieldName } = childOf(objects, parentName, list.relationship);
  const description = await connection.describe(objectName);
  const fields = list.fields.map((name) => resolveField(name, description));
  const columns = [...new Set(['Id', 'Name', ...fields.flatMap((field) => field.columns)])];
  const found = await connection.query(
    `SELECT ${columns.join(', ')} FROM ${objectName} WHERE ${fieldName} = ${quoted(recordId)} ORDER BY ${list.orderBy} LIMIT ${list.most + 1}`
  );
  return {
    label: list.label,
    hasMore: found.length > list.most,
    columns: fields.map(({ show }) => show({}).label),
    rows: found.slice(0, list.most).map((record) => {
      const cells = fields.map(({ show }) => show(record));
      cells[0].href = recordAddress(objectName, record.Id);
      return { id: record.Id, cells };
    })
  };
}

/** The object and the look-up behind a relationship such as `Offer_Responses__r` of `Contact`. */
function childOf(objects, parentName, relationship) {
  for (const objectName of fs.readdirSync(objects)) {
    const folder = path.join(objects, objectName, 'fields');
    for (const file of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
      const { CustomField: field } = readMetadata(path.join(folder, file));
      const isBehind = `${field.relationshipName}__r` === relationship;
      if (isBehind && field.referenceTo === parentName) {
        return { objectName, fieldName: field.fullName };
      }
    }
  }
  throw new Error(`Nothing refers to ${parentName} by ${relationship}`);
}
