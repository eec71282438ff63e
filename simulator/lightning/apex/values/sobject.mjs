/**
 * A record. Field names keep the spelling of the describe; look-ups ignore case.
 * `queriedFields` (lower case) is set on rows of a query: other fields were not asked for.
 */
export class SObject {
  constructor(typeName, { queriedFields = null } = {}) {
    this.typeName = typeName;
    this.queriedFields = queriedFields;
    this.byKey = new Map();
  }

  has(name) {
    return this.byKey.has(name.toLowerCase());
  }

  get(name) {
    return this.byKey.get(name.toLowerCase())?.[1] ?? null;
  }

  set(name, value) {
    const key = name.toLowerCase();
    this.byKey.set(key, [this.byKey.get(key)?.[0] ?? name, value]);
    return value;
  }

  /** The populated [field name, value] pairs. */
  entries() {
    return [...this.byKey.values()];
  }

  clone() {
    const copy = new SObject(this.typeName, { queriedFields: this.queriedFields });
    for (const [name, value] of this.entries()) copy.set(name, value);
    return copy;
  }
}
