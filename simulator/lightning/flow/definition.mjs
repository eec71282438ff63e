/**
 * A Flow as its `.flow-meta.xml` describes it.
 *
 * Whatever the interpreter would have to ignore is refused when the file is read: an element or a part
 * of one that is not in the tables below may change what the Flow does.
 * Source: Metadata API Developer Guide, "Flow".
 */
import fs from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { NotRunHere } from './faults.mjs';

const SUFFIX = '.flow-meta.xml';

/** Of each kind of element, the parts that the interpreter runs or that change nothing. */
const ELEMENTS = {
  actionCalls:
    'actionName actionType connector faultConnector flowTransactionModel inputParameters nameSegment storeOutputAutomatically',
  assignments: 'assignmentItems connector',
  decisions: 'defaultConnector defaultConnectorLabel rules',
  recordCreates: 'connector faultConnector inputAssignments object storeOutputAutomatically',
  recordLookups:
    'assignNullValuesIfNoRecordsFound connector faultConnector filterLogic filters getFirstRecordOnly object queriedFields storeOutputAutomatically',
  screens: 'allowBack allowFinish allowPause connector fields showFooter showHeader'
};
const COMMON = 'name label description locationX locationY';

/** Of each kind of resource, its parts. */
const RESOURCES = {
  choices: 'name description choiceText dataType value',
  formulas: 'name description dataType expression',
  variables: 'name description dataType isCollection isInput isOutput value'
};
const START =
  'connector doesRequireRecordChangedToMeetCriteria filterLogic filters locationX locationY object recordTriggerType scheduledPaths triggerType';
const HEAD =
  'apiVersion description environments interviewLabel label processMetadataValues processType status start @xmlns';

const LISTS = new Set([
  ...Object.keys(ELEMENTS),
  ...Object.keys(RESOURCES),
  ...['assignmentItems', 'choiceReferences', 'conditions', 'fields', 'filters', 'inputAssignments'],
  ...['inputParameters', 'processMetadataValues', 'queriedFields', 'rules', 'scheduledPaths']
]);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  isArray: (name) => LISTS.has(name)
});

/** The Flows of a folder, by API name. Raises: NotRunHere naming Flow and element. */
export function readFlows(directory) {
  const files = fs.existsSync(directory) ? fs.readdirSync(directory).sort() : [];
  const flows = files
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => {
      const text = fs.readFileSync(path.join(directory, file), 'utf8');
      return readFlow(file.slice(0, -SUFFIX.length), text);
    });
  return new Map(flows.map((flow) => [flow.name, flow]));
}

/**
 * One Flow.
 * Shape: `{name, label, description, status, processType, start, elements: Map, resources: Map,
 * metadata}`; an element or resource is its part of the metadata with its `kind`; `metadata` is the
 * whole content of the file.
 */
export function readFlow(name, text) {
  const { Flow: metadata } = parser.parse(text);
  const { label, description = '', status, processType, start } = metadata;
  refuseOthers(name, 'Flow', metadata, HEAD, Object.keys(ELEMENTS), Object.keys(RESOURCES));
  refuseOthers(name, 'Start', start, START);
  const elements = partsOf(name, metadata, ELEMENTS, COMMON);
  const resources = partsOf(name, metadata, RESOURCES, '');
  return { name, label, description, status, processType, start, elements, resources, metadata };
}

function partsOf(flowName, metadata, kinds, common) {
  const parts = new Map();
  for (const [kind, known] of Object.entries(kinds)) {
    for (const part of metadata[kind] ?? []) {
      refuseOthers(flowName, part.name, part, known, common.split(' '));
      parts.set(part.name, { kind, ...part });
    }
  }
  return parts;
}

function refuseOthers(flowName, elementName, part, ...known) {
  const names = new Set(known.flatMap((each) => (Array.isArray(each) ? each : each.split(' '))));
  const other = Object.keys(part).find((key) => !names.has(key));
  if (other) throw new NotRunHere(flowName, elementName, other);
}
