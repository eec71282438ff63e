import ACTIONS from '@salesforce/label/c.Personalization_FlowEditor_FromActions';
import FLOW from '@salesforce/label/c.Personalization_FlowEditor_FromFlow';
import RECORD from '@salesforce/label/c.Personalization_FlowEditor_FromRecord';
import RECORDS from '@salesforce/label/c.Personalization_FlowEditor_FromGetRecords';
import RESOURCES from '@salesforce/label/c.Personalization_FlowEditor_FromResources';
import SCREENS from '@salesforce/label/c.Personalization_FlowEditor_FromScreens';

/** What Flow Builder itself always offers. */
const SYSTEM = ['InterviewGuid', 'CurrentDateTime', 'CurrentDate', 'FaultMessage'];
const SYSTEM_TEXTS = ['InterviewGuid', 'FaultMessage'];
const TEXT = 'String';
/** Types of screen fields whose value is a text. */
const TEXT_FIELDS = ['InputField', 'LargeTextArea', 'RadioButtons', 'DropdownBox', 'PasswordField'];

/** The objects whose fields the Flow can reach: the record that starts it, and what it gets. */
export function objectsIn(builderContext) {
  const lookups = (builderContext?.recordLookups ?? []).map(({ object }) => object);
  return [...new Set([builderContext?.start?.object, ...lookups].filter(Boolean))];
}

/**
 * The resources of a Flow that are one value each, in groups.
 * Shape: `[{label, resources: [{name, label, isText}]}]`; a name is `$Record.Email`.
 * @param fields by object: `[{name, label, isText}]`
 * @param ownName API name of the element that is edited: it cannot use its own outputs
 */
export function resourceGroups(builderContext, automaticOutputVariables, fields, ownName) {
  const context = builderContext ?? {};
  const groups = [
    { label: RECORD, resources: fieldsOf('$Record', context.start?.object, fields) },
    ...(context.recordLookups ?? []).map((lookup) => ({
      label: `${RECORDS}: ${lookup.label ?? lookup.name}`,
      resources: fieldsOf(lookup.name, lookup.object, fields)
    })),
    { label: RESOURCES, resources: namedResources(context) },
    { label: SCREENS, resources: screenFields(context.screens ?? []) },
    { label: ACTIONS, resources: outputsOf(automaticOutputVariables ?? {}, ownName) },
    { label: FLOW, resources: SYSTEM.map(systemResource) }
  ];
  return groups.filter(({ resources }) => resources.length > 0);
}

/** Names of variables that hold a collection of an Apex-defined type. */
export function collectionsOf(builderContext, apexClass) {
  const variables = builderContext?.variables ?? [];
  return variables
    .filter((variable) => isTrue(variable.isCollection) && variable.apexClass === apexClass)
    .map(({ name }) => name);
}

/**
 * What is known of the resource `name`: `{isText}`, `{isUnknown: true}` when the Flow has no such
 * element or resource, or null when nobody can say (a field of a field, an object without fields).
 */
export function knowledgeOf(name, groups, builderContext) {
  const found = groups.flatMap(({ resources }) => resources).find((each) => each.name === name);
  if (found) return { isText: found.isText };
  const [root, ...path] = name.split('.');
  if (root.startsWith('$')) {
    return root === '$Record' && path.length === 1 && hasFields(groups, root)
      ? { isUnknown: true }
      : null;
  }
  const lists = Object.values(builderContext ?? {}).filter(Array.isArray);
  const element = lists.flat().find((each) => each?.name === root);
  const isScreenField = (builderContext?.screens ?? []).some(({ fields = [] }) =>
    fields.some((field) => field.name === root)
  );
  if (!element && !isScreenField) return { isUnknown: true };
  return path.length === 1 && hasFields(groups, root) ? { isUnknown: true } : null;
}

function hasFields(groups, root) {
  return groups.some(({ resources }) => resources.some(({ name }) => name.startsWith(`${root}.`)));
}

function fieldsOf(root, objectName, fields) {
  return (fields[objectName] ?? []).map(({ name, label, isText }) => ({
    name: `${root}.${name}`,
    label: `${label} (${name})`,
    isText
  }));
}

function namedResources({ variables = [], constants = [], formulas = [], textTemplates = [] }) {
  const single = variables.filter(({ isCollection }) => !isTrue(isCollection));
  const typed = [...single, ...constants, ...formulas].map(({ name, dataType }) => ({
    name,
    label: name,
    isText: dataType === TEXT
  }));
  return [...typed, ...textTemplates.map(({ name }) => ({ name, label: name, isText: true }))];
}

function screenFields(screens) {
  const fields = screens.flatMap((screen) => screen.fields ?? []);
  return fields
    .filter(({ fieldType }) => TEXT_FIELDS.includes(fieldType))
    .map(({ name, dataType = TEXT }) => ({ name, label: name, isText: dataType === TEXT }));
}

function outputsOf(automaticOutputVariables, ownName) {
  const elements = Object.entries(automaticOutputVariables).filter(([name]) => name !== ownName);
  return elements.flatMap(([element, outputs]) =>
    (outputs ?? [])
      .filter(({ isCollection, dataType }) => !isTrue(isCollection) && dataType !== 'Apex')
      .map(({ name, label, dataType }) => ({
        name: `${element}.${name}`,
        label: `${element}: ${label ?? name}`,
        isText: dataType === TEXT
      }))
  );
}

function systemResource(name) {
  return { name: `$Flow.${name}`, label: name, isText: SYSTEM_TEXTS.includes(name) };
}

/** Metadata may come as text. */
function isTrue(value) {
  return value === true || value === 'true';
}
