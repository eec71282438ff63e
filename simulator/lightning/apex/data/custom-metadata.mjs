import { answerQuery } from './selection.mjs';

/** The custom metadata records of our metadata: readable everywhere, never written. */
export class CustomMetadata {
  constructor(records, schema) {
    this.records = records;
    this.schema = schema;
  }

  /** The records of one type, by its name. */
  of(typeName) {
    const key = typeName.toLowerCase();
    return this.records.filter((record) => record.typeName.toLowerCase() === key);
  }

  query(query) {
    return answerQuery(query, { schema: this.schema, rowsOf: (typeName) => this.of(typeName) });
  }
}
