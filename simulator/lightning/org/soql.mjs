/** Small pieces of SOQL, with the values in them escaped. */

/** `text` as a quoted SOQL string. */
export function quoted(text) {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** A condition: any of `fields` contains `text`, whatever its case. */
export function containsText(fields, text) {
  const pattern = `'%${text.replace(/[\\'%_]/g, '\\$&')}%'`;
  return `(${fields.map((field) => `${field} LIKE ${pattern}`).join(' OR ')})`;
}

/** The value at a path such as `Account.Name` in a record of the REST API. */
export function valueAt(record, fieldPath) {
  return fieldPath.split('.').reduce((value, name) => value?.[name], record) ?? null;
}
