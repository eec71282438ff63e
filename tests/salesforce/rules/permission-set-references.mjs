/** What permission sets and their groups grant exists; what reps and Flows call is granted. */
import { annotation, membersOf } from '../reading/apex.mjs';

/** How each element of a permission set names what it grants. */
const GRANTS = [
  ['classAccesses', 'apexClass', 'class', (name, all) => all.apexClass(name)],
  ['flowAccesses', 'flow', 'flow', (name, all) => all.flows.has(name)],
  ['objectPermissions', 'object', 'object', (name, all) => all.objects.has(name)],
  ['customMetadataTypeAccesses', 'name', 'type', (name, all) => all.objects.has(name)],
  ['customSettingAccesses', 'name', 'setting', (name, all) => all.objects.has(name)],
  [
    'customPermissions',
    'name',
    'custom permission',
    (name, all) => all.customPermissions.has(name)
  ],
  ['fieldPermissions', 'field', 'field', hasField],
  ['externalCredentialPrincipalAccesses', 'externalCredentialPrincipal', 'principal', hasPrincipal]
];

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* permissionSetFaults(inventory) {
  for (const { file, root } of inventory.project.documents('.permissionset-meta.xml')) {
    for (const grant of GRANTS) yield* grantFaults(root, grant, file, inventory);
  }
  for (const { file, root } of inventory.project.documents('.permissionsetgroup-meta.xml')) {
    yield* groupFaults(root, file, inventory);
  }
  yield* ungrantedClasses(inventory);
}

function* grantFaults(root, [element, key, kind, exists], file, inventory) {
  const seen = new Set();
  for (const grant of root.all(element)) {
    const name = grant.value(key) ?? '';
    if (!exists(name, inventory)) yield fault(file, grant.line, `there is no ${kind} ${name}`);
    if (seen.has(name)) yield fault(file, grant.line, `${kind} ${name} is granted twice`);
    seen.add(name);
  }
}

function hasField(name, { objects }) {
  const [object, field] = name.split('.');
  return Boolean(field) && objects.hasField(object, field);
}

/** `Personalization_Service-Org`: credential and principal, joined by the last hyphen. */
function hasPrincipal(name, { externalCredentials }) {
  const at = name.lastIndexOf('-');
  return externalCredentials.get(name.slice(0, at))?.has(name.slice(at + 1));
}

function* groupFaults(root, file, { permissionSets }) {
  for (const member of [...root.all('permissionSets'), ...root.all('mutingPermissionSets')]) {
    if (!permissionSets.has(member.text)) {
      yield fault(file, member.line, `there is no permission set ${member.text}`);
    }
  }
}

/** Without a grant, only administrators could use a component's controller or a Flow's action. */
function* ungrantedClasses({ project, components, apexFiles, classes }) {
  const granted = new Set(
    project
      .documents('.permissionset-meta.xml')
      .flatMap(({ root }) => root.all('classAccesses'))
      .filter((grant) => grant.value('enabled') === 'true')
      .map((grant) => grant.value('apexClass')?.toLowerCase())
  );
  const called = new Set([...components.values()].flatMap(controllersOf));
  for (const { file, name } of apexFiles) {
    const outer = classes.get(name.toLowerCase())?.apexClass;
    const isNeeded = called.has(name.toLowerCase()) || (outer && isAction(outer));
    if (isNeeded && !granted.has(name.toLowerCase())) {
      yield fault(
        file,
        outer?.line ?? 1,
        `no permission set grants ${name}: only admins could use it`
      );
    }
  }
}

function controllersOf({ script }) {
  return (script?.imports ?? [])
    .map(({ module }) => /^@salesforce\/apex\/(\w+)\./.exec(module)?.[1].toLowerCase())
    .filter(Boolean);
}

function isAction(apexClass) {
  return membersOf(apexClass).some((member) => annotation(member, 'invocablemethod'));
}

function fault(file, line, message) {
  return { file, line, message };
}
