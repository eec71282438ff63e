/**
 * What a journey can bring for a contact, as the groups of a picker:
 * `[{label, options: [{binding, label, type}]}]`.
 *
 * Bindings are case-sensitive; column names stand in double quotes, because they may hold spaces.
 * Source: Marketing Cloud Engagement guide, "How Data Binding Works".
 */
const CONTACT_BASICS = [
  { binding: '{{Contact.Key}}', label: 'Contact Key', type: 'Text' },
  { binding: '{{Contact.Id}}', label: 'Contact ID', type: 'Number' }
];
const DEFAULTS = [
  { binding: '{{InteractionDefaults.Email}}', label: 'Default email', type: 'EmailAddress' }
];

/** Whether a text is a binding as a whole. */
export function isBinding(value) {
  return /^\{\{[^{}]+\}\}$/.test(value ?? '');
}

/** Return the groups of the picker. Without an entry source there is no Journey Data. */
export function groupsOf({ trigger, schema, dataSources, contacts }) {
  const entry = trigger?.eventDefinitionKey ? journeyData(trigger, schema, dataSources) : [];
  return [
    { label: 'Journey Data, as the contact entered', options: entry },
    { label: 'Contact Data, when the step runs', options: contactData(contacts) },
    { label: 'Journey defaults', options: DEFAULTS },
    { label: 'Earlier activities', options: earlierOutputs(dataSources) }
  ].filter(({ options }) => options.length);
}

function journeyData(trigger, schema, dataSources) {
  const prefix = `Event.${trigger.eventDefinitionKey}.`;
  const fields = list(schema)
    .filter(({ key }) => key?.startsWith(prefix))
    .map(({ key, type }) => ({ name: unquoted(key.slice(prefix.length)), type }));
  const entry = list(dataSources).find(
    ({ id, keyPrefix }) => id === 'Event' || keyPrefix === prefix
  );
  const columns = fields.length ? fields : list(entry?.deSchema?.fields);
  return columns.map(({ name, type }) => option(`${prefix}"${name}"`, name, type));
}

function contactData(sets) {
  const attributes = list(sets).flatMap((set) =>
    list(set.valueDefinitions)
      .filter(({ isHidden }) => !isHidden)
      .map(({ name, dataType }) =>
        option(
          `Contact.Attribute."${set.fullyQualifiedName}"."${name}"`,
          `${set.fullyQualifiedName} › ${name}`,
          dataType
        )
      )
  );
  return [...CONTACT_BASICS, ...attributes];
}

function earlierOutputs(dataSources) {
  return list(dataSources)
    .filter(({ keyPrefix }) => keyPrefix?.startsWith('Interaction.'))
    .flatMap((source) =>
      list(source.deSchema?.fields ?? source.schema?.fields).map(({ name, type }) =>
        option(`${source.keyPrefix}${quoted(name)}`, `${source.name ?? source.id} › ${name}`, type)
      )
    );
}

function option(path, label, type) {
  return { binding: `{{${path}}}`, label, type: type ?? 'Text' };
}

function quoted(name) {
  return /^[\w-]+$/.test(name) ? name : `"${name}"`;
}

function unquoted(name) {
  return name.replace(/^"(.*)"$/, '$1');
}

function list(value) {
  return Array.isArray(value) ? value : [];
}
