import { createElement } from 'lwc';
import getDatasets from '@salesforce/apex/SendDataEditorController.getDatasets';
import getFields from '@salesforce/apex/SendDataEditorController.getFields';
import SendDataEditor from 'c/sendDataEditor';

jest.mock(
  '@salesforce/apex/SendDataEditorController.getDatasets',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/SendDataEditorController.getFields',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true }
);

const DATASETS = require('./data/datasets.json');
const CONTEXT = require('./data/caseClosed.json');
const SAVED = require('./data/savedInputs.json');
const FIELDS = {
  Case: [
    { name: 'Id', label: 'Case ID', isText: true },
    { name: 'Status', label: 'Status', isText: true }
  ],
  Contact: [{ name: 'Email', label: 'Email', isText: true }]
};

/** The editor as Flow Builder hosts it: what it tells is given back. */
async function mount({ inputVariables = [], datasets = DATASETS, context = CONTEXT } = {}) {
  const element = createElement('c-send-data-editor', { is: SendDataEditor });
  element.builderContext = context;
  element.automaticOutputVariables = {};
  element.elementInfo = { apiName: 'Send_Case', type: 'Action' };
  element.genericTypeMappings = [];
  element.inputVariables = inputVariables;
  const heard = [];
  element.addEventListener('configuration_editor_input_value_changed', ({ detail }) => {
    heard.push(detail);
    const { name, newValue: value, newValueDataType: valueDataType } = detail;
    const others = element.inputVariables.filter((input) => input.name !== name);
    element.inputVariables = [...others, { name, value, valueDataType }];
  });
  element.addEventListener('configuration_editor_input_value_deleted', ({ detail }) => {
    heard.push({ deleted: detail.name });
    element.inputVariables = element.inputVariables.filter(({ name }) => name !== detail.name);
  });
  document.body.appendChild(element);
  if (datasets) getDatasets.emit(datasets);
  getFields.emit(FIELDS);
  await Promise.resolve();
  return { element, heard, find: (selector) => element.shadowRoot.querySelector(selector) };
}

async function set(part, detail) {
  const name = part.localName === 'c-flow-pairs' ? 'rowschange' : 'valuechange';
  part.dispatchEvent(new CustomEvent(name, { detail }));
  await Promise.resolve();
}

const inputsOf = (element) =>
  Object.fromEntries(element.inputVariables.map(({ name, value }) => [name, value]));
const row = (name, value, type = '') => ({ name, type, value });

describe('c-send-data-editor', () => {
  afterEach(() => document.body.replaceChildren());

  it('restores a saved element and tells nothing by itself', async () => {
    const { element, find, heard } = await mount({ inputVariables: SAVED });
    expect(find('.interaction').value).toBe('CRM Case Closed');
    expect(find('.dataset').value).toBe('retail');
    expect(find('.identities').rows).toEqual([row('emailAddress', '{!Get_Contact.Email}')]);
    expect(find('.object-id').value).toBe('{!$Record.Id}');
    expect(find('.object-attributes').rows).toEqual([row('status', '{!$Record.Status}')]);
    expect(find('.record-id').value).toBe('{!$Record.Id}');
    expect(heard).toEqual([]);
    expect(element.validate()).toEqual([]);
  });

  it('offers what the service is configured for, typed', async () => {
    const { find } = await mount({ inputVariables: SAVED });
    expect(find('.dataset').choices).toEqual([
      { label: 'Retail', value: 'retail' },
      { label: 'Outlet', value: 'outlet' }
    ]);
    expect(find('.attributes').choices.map(({ label }) => label)).toEqual([
      'jobTitle (text)',
      'visits (number)'
    ]);
    expect(find('.object-type').choices).toEqual([{ label: 'Case', value: 'Case' }]);
    expect(find('.object-attributes').choices).toEqual([
      { name: 'status', type: 'string', label: 'status (text)' }
    ]);
    await set(find('.dataset'), 'outlet');
    expect(find('.attributes').choices).toEqual([]);
  });

  it('writes exactly the inputs of the action', async () => {
    const { element, heard, find } = await mount();
    await set(find('.interaction'), 'CRM Case Closed');
    await set(find('.dataset'), 'retail');
    await set(find('.identities'), [row('emailAddress', '{!Get_Contact.Email}')]);
    await set(find('.attributes'), [row('visits', '12', 'number')]);
    await set(find('.object-type'), 'Case');
    await set(find('.object-id'), '{!$Record.Id}');
    await set(find('.blank-policy'), 'clear');
    expect(inputsOf(element)).toEqual({
      interactionName: 'CRM Case Closed',
      dataset: 'retail',
      identityTypes: 'emailAddress',
      identityValue1: 'Get_Contact.Email',
      attributeNames: 'visits:number',
      attributeValue1: '12',
      profileObjectType: 'Case',
      profileObjectId: '$Record.Id',
      blankPolicy: 'clear',
      recordId: '$Record.Id'
    });
    expect(heard).toContainEqual({
      name: 'identityValue1',
      newValue: 'Get_Contact.Email',
      newValueDataType: 'reference'
    });
    expect(element.validate()).toEqual([]);
  });

  it('tells Flow Builder with events that reach it', async () => {
    const { element, find } = await mount();
    const events = [];
    document.body.addEventListener(
      'configuration_editor_input_value_changed',
      (event) => events.push(event),
      { once: true }
    );
    await set(find('.dataset'), 'retail');
    expect([events[0].bubbles, events[0].composed]).toEqual([true, true]);
    expect(element.inputVariables).not.toHaveLength(0);
  });

  it('tells that an input is gone when it is emptied', async () => {
    const { element, find, heard } = await mount({ inputVariables: SAVED });
    await set(find('.object-attributes'), []);
    expect(heard).toEqual([
      { deleted: 'profileObjectAttributeNames' },
      { deleted: 'profileObjectAttributeValue1' }
    ]);
    expect(inputsOf(element)).not.toHaveProperty('profileObjectAttributeNames');
  });

  it('lets nothing that comes back late undo what was entered since', async () => {
    const { element, find } = await mount({ inputVariables: SAVED });
    const late = element.inputVariables;
    await set(find('.interaction'), 'CRM Case S');
    await set(find('.interaction'), 'CRM Case Shut');
    element.inputVariables = late;
    await Promise.resolve();
    expect(find('.interaction').value).toBe('CRM Case Shut');
    element.inputVariables = [];
    await Promise.resolve();
    expect(find('.interaction').value).toBe('CRM Case Shut');
  });

  it('shows another element that is opened in its place', async () => {
    const { element, find, heard } = await mount({ inputVariables: SAVED });
    await set(find('.interaction'), 'CRM Case Shut');
    heard.length = 0;
    element.elementInfo = { apiName: 'Send_Other', type: 'Action' };
    element.inputVariables = [{ name: 'dataset', value: 'outlet', valueDataType: 'String' }];
    await Promise.resolve();
    expect(find('.interaction').value).toBe('');
    expect(find('.dataset').value).toBe('outlet');
    expect(heard).toEqual([]);
  });

  it('keeps what was entered while the element is renamed', async () => {
    const { element, find } = await mount({ inputVariables: SAVED });
    await set(find('.identities'), [...find('.identities').rows, row('', '')]);
    element.elementInfo = { apiName: 'Send_Case_Closed', type: 'Action' };
    const same = [...element.inputVariables];
    element.inputVariables = same;
    await Promise.resolve();
    expect(find('.identities').rows).toHaveLength(2);
  });

  it('chooses the only dataset there is', async () => {
    const { element, find } = await mount({ datasets: DATASETS.slice(0, 1) });
    await set(find('.interaction'), 'CRM Case Closed');
    expect(inputsOf(element).dataset).toBe('retail');
    expect(find('.dataset').value).toBe('retail');
  });

  it('keeps a row that is not filled yet when Flow Builder gives the inputs back', async () => {
    const { find } = await mount({ inputVariables: SAVED });
    const rows = [...find('.identities').rows, row('', '')];
    await set(find('.identities'), rows);
    await set(find('.interaction'), 'CRM Case Shut');
    expect(find('.identities').rows).toEqual(rows);
  });

  it('recognizes repetitions of a record by its version, of other Flows by the interview', async () => {
    const record = await mount();
    await set(record.find('.dataset'), 'retail');
    expect(inputsOf(record.element)).toEqual({ dataset: 'retail', recordId: '$Record.Id' });
    document.body.replaceChildren();
    const screen = await mount({ context: { ...CONTEXT, start: {} } });
    await set(screen.find('.dataset'), 'retail');
    expect(inputsOf(screen.element)).toEqual({
      dataset: 'retail',
      interviewId: '$Flow.InterviewGuid'
    });
  });

  it('sets and clears the switches', async () => {
    const { element, find, heard } = await mount({ inputVariables: SAVED });
    const box = find('input[data-setting="faultOnError"]');
    box.checked = true;
    box.dispatchEvent(new CustomEvent('change'));
    expect(heard).toEqual([{ name: 'faultOnError', newValue: true, newValueDataType: 'Boolean' }]);
    box.checked = false;
    box.dispatchEvent(new CustomEvent('change'));
    expect(inputsOf(element)).not.toHaveProperty('faultOnError');
  });

  it('keeps a switch that a resource sets until somebody ticks it', async () => {
    const byResource = { name: 'validateOnly', value: 'IsTrial', valueDataType: 'reference' };
    const { element, find } = await mount({ inputVariables: [...SAVED, byResource] });
    expect(element.shadowRoot.textContent).toContain('Set by {!IsTrial} now');
    await set(find('.interaction'), 'CRM Case Shut');
    expect(inputsOf(element).validateOnly).toBe('IsTrial');
  });

  it('shows no complaints about an element that nobody tried to save yet', async () => {
    const { element, find } = await mount();
    expect(find('.interaction').problem).toBeUndefined();
    const errors = element.validate();
    await Promise.resolve();
    expect(errors.map(({ key }) => key)).toEqual(['interactionName', 'dataset', 'identities']);
    expect(errors[2].errorString).toMatch(/at least one identity/);
    expect(find('.interaction').problem).toBe('Enter or choose a value.');
    expect(find('.problem').textContent).toMatch(/at least one identity/);
  });

  it('says at once what is wrong with what was saved earlier', async () => {
    const others = SAVED.filter(({ name }) => name !== 'dataset');
    const saved = [...others, { name: 'dataset', value: 'gone', valueDataType: 'String' }];
    const { element, find } = await mount({ inputVariables: saved });
    expect(find('.dataset').problem).toBe('The service has no dataset gone.');
    expect(element.validate()).toContainEqual({
      key: 'dataset',
      errorString: 'The service has no dataset gone.'
    });
  });

  it('offers collections only where the Flow has them', async () => {
    const variable = {
      name: 'Cases',
      isCollection: true,
      apexClass: 'PersonalizationProfileObject'
    };
    const { element, find } = await mount({ context: { ...CONTEXT, variables: [variable] } });
    expect(find('.identityCollection')).toBeNull();
    await set(find('.objectCollection'), '{!Cases}');
    expect(inputsOf(element).profileObjects).toBe('Cases');
  });

  it('lets everything be entered by hand when the service does not answer', async () => {
    const { element, find } = await mount({ inputVariables: SAVED, datasets: null });
    const body = { message: JSON.stringify({ code: 'SERVICE_UNREACHABLE', message: 'timed out' }) };
    getDatasets.error(body, 500);
    await Promise.resolve();
    expect(find('[role="status"]').textContent).toMatch(/Enter names by hand.*not answering/);
    expect(find('.dataset').choices).toBeNull();
    expect(find('.identities').choices).toBeNull();
    expect(element.validate()).toEqual([]);
  });

  it.each([
    ['a new element', {}],
    ['a saved element', { inputVariables: SAVED }],
    ['loading', { datasets: null }]
  ])('is accessible: %s', async (_state, options) => {
    const { element } = await mount(options);
    element.validate();
    await Promise.resolve();
    await expect(element).toBeAccessible();
  });
});
