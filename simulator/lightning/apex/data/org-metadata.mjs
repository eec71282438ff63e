import path from 'node:path';
import { Decimal } from '../values/decimal.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';
import { filesBelow, readMetadata, toList } from './metadata.mjs';

/** How a value of a custom metadata record is read, by its `xsi:type`. */
const VALUE_READERS = {
  'xsd:string': (text) => text,
  'xsd:picklist': (text) => text,
  'xsd:boolean': (text) => text === 'true',
  'xsd:double': (text) => Decimal.parse(text),
  'xsd:int': (text) => Decimal.parse(text),
  'xsd:date': (text) => ApexDate.parseIso(text),
  'xsd:dateTime': (text) => ApexDatetime.parseIso(text)
};

/** The texts of all custom labels below the folders: lower-case name to text. */
export function readLabels(folders) {
  const labels = new Map();
  for (const file of filesEnding(folders, '.labels-meta.xml')) {
    for (const label of toList(readMetadata(file).CustomLabels?.labels)) {
      labels.set(label.fullName.toLowerCase(), label.value);
    }
  }
  return labels;
}

/** The custom metadata records below the folders. */
export function readCustomMetadata(folders) {
  return filesEnding(folders, '.md-meta.xml').map(readRecord);
}

function filesEnding(folders, ending) {
  return folders.flatMap(filesBelow).filter((file) => file.endsWith(ending));
}

function readRecord(file, index) {
  const [typeName, name] = path.basename(file, '.md-meta.xml').split('.');
  const { label, values } = readMetadata(file).CustomMetadata;
  const record = new SObject(`${typeName}__mdt`);
  record.set('Id', `m00${String(index + 1).padStart(12, '0')}AAA`);
  record.set('DeveloperName', name);
  record.set('QualifiedApiName', name);
  record.set('MasterLabel', label);
  record.set('Label', label);
  for (const { field, value } of toList(values)) record.set(field, readValue(value, file));
  return record;
}

function readValue(value, file) {
  if (typeof value === 'string') return value;
  if (value['@xsi:nil'] === 'true') return null;
  const read = VALUE_READERS[value['@xsi:type']];
  if (!read) {
    throw new Error(`${file}: the local runtime lacks values of type ${value['@xsi:type']}`);
  }
  return read(value['#text'] ?? '');
}
