import path from 'node:path';
import { SObject } from '../values/sobject.mjs';
import { numberedId } from '../values/ids.mjs';
import { filesBelow } from './metadata.mjs';
import { ObjectDescription } from './schema.mjs';

const text = (name) => ({ name, label: name, type: 'string', length: 255 });
const reference = (name, to) => ({
  name,
  label: name,
  type: 'reference',
  referenceTo: [to],
  relationshipName: name.replace(/Id$/, '')
});

/** Objects of an org's set-up that tests about access refer to, beside the simulated org's own. */
const SETUP_OBJECTS = [
  ['Profile', '00e', [text('Name')]],
  ['PermissionSet', '0PS', [text('Name'), text('Label')]],
  [
    'PermissionSetAssignment',
    '0Pa',
    [reference('AssigneeId', 'User'), reference('PermissionSetId', 'PermissionSet')]
  ]
];

/** Fields of User that tests fill and the simulated org does not list. */
const USER_FIELDS = [
  reference('ProfileId', 'Profile'),
  text('TimeZoneSidKey'),
  text('LocaleSidKey'),
  text('LanguageLocaleKey'),
  text('EmailEncodingKey')
];

const PROFILES = ['System Administrator', 'Standard User', 'Minimum Access - Salesforce'];

/** Add the set-up objects to a schema, where it does not have them. */
export function describeSetup(schema) {
  for (const [name, keyPrefix, fields] of SETUP_OBJECTS) {
    if (schema.find(name)) continue;
    const id = { name: 'Id', label: `${name} ID`, type: 'id' };
    schema.add(
      new ObjectDescription({
        name,
        label: name,
        keyPrefix,
        nameField: 'Name',
        fields: [id, ...fields]
      })
    );
  }
  const user = schema.find('User');
  for (const field of USER_FIELDS) if (user && !user.field(field.name)) user.addField(field);
}

/** The profiles every org has and the permission sets of our metadata, for tests. */
export function setupRecords(sourceFolders) {
  const files = sourceFolders
    .flatMap(filesBelow)
    .filter((file) => file.endsWith('.permissionset-meta.xml'));
  const names = files.map((file) => path.basename(file, '.permissionset-meta.xml'));
  return [...recordsOf('Profile', '00e', PROFILES), ...recordsOf('PermissionSet', '0PS', names)];
}

function recordsOf(typeName, prefix, names) {
  return names.map((name, i) => {
    const record = new SObject(typeName);
    record.set('Id', numberedId(prefix, i + 1));
    record.set('Name', name);
    return record;
  });
}
