/**
 * What Flow Builder gives to the property editor of an element, and takes from it.
 * Source: LWC guide, "Custom Property Editor JavaScript Interface"; how a real Flow Builder calls an
 * editor, and in which order, is unverified.
 */
import { XMLBuilder } from 'fast-xml-parser';

/** The lists that Flow Builder always has in a builder context. */
const CONTEXT =
  'actionCalls apexPluginCalls assignments choices collectionProcessors constants decisions dynamicChoiceSets formulas loops recordCreates recordDeletes recordLookups recordUpdates screens stages subflows textTemplates variables waits';

const KINDS = {
  stringValue: 'String',
  elementReference: 'reference',
  booleanValue: 'Boolean',
  numberValue: 'Number'
};
const TAGS = Object.fromEntries(Object.entries(KINDS).map(([tag, type]) => [type, tag]));

/** `[{name, value, valueDataType}]` of an action call. */
export function inputVariablesOf({ inputParameters = [] }) {
  return inputParameters.map(({ name, value }) => {
    const [[tag, content]] = Object.entries(value);
    const shown = tag === 'booleanValue' ? content === 'true' : content;
    return { name, value: shown, valueDataType: KINDS[tag] };
  });
}

/** The same action call with other inputs. Raises: Error on a type that Flow Builder does not know. */
export function withInputs(element, inputVariables) {
  const inputParameters = inputVariables
    .map(({ name, value, valueDataType }) => {
      if (!(valueDataType in TAGS)) throw new Error(`${name}: no data type ${valueDataType}`);
      return { name, value: { [TAGS[valueDataType]]: String(value) } };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return { ...element, inputParameters };
}

/** The elements and resources of a Flow, as Flow Builder shows them to an editor. */
export function builderContextOf({ metadata }) {
  const lists = CONTEXT.split(' ').map((name) => [name, metadata[name] ?? []]);
  const { label, processType, start } = metadata;
  return { ...Object.fromEntries(lists), label, processType, start };
}

/** What elements store by themselves: `{elementName: [{name, label, dataType, ...}]}`. */
export function automaticOutputsOf({ metadata }, actions) {
  const storing = (metadata.actionCalls ?? []).filter((call) => call.storeOutputAutomatically);
  return Object.fromEntries(
    storing.map(({ name, actionName }) => [name, actions.get(actionName)?.outputs ?? []])
  );
}

/** An element as it stands in the metadata file. */
export function elementXml({ kind, ...part }) {
  const builder = new XMLBuilder({ format: true, indentBy: '    ', suppressEmptyNode: true });
  return builder.build({ [kind]: part }).trim();
}
