import { createElement } from 'lwc';
import FlowPairs from 'c/flowPairs';

const CHOICES = [
  { name: 'jobTitle', type: 'string', label: 'jobTitle (text)' },
  { name: 'visits', type: 'number', label: 'visits (number)' }
];
const ROWS = [
  { name: 'jobTitle', type: '', value: 'Buyer' },
  { name: 'visits', type: 'number', value: '{!Visits}' }
];
const TEXTS = {
  noun: 'Attribute',
  nameLabel: 'Name',
  addLabel: 'Add Attribute',
  most: 3,
  mostReached: 'At most 3.'
};

function mount(properties) {
  const element = createElement('c-flow-pairs', { is: FlowPairs });
  Object.assign(element, { ...TEXTS, rows: ROWS, choices: CHOICES, ...properties });
  const heard = [];
  element.addEventListener('rowschange', ({ detail }) => heard.push(detail));
  document.body.appendChild(element);
  const all = (selector) => [...element.shadowRoot.querySelectorAll(selector)];
  return { element, heard, all };
}

const tell = (element, detail) => element.dispatchEvent(new CustomEvent('valuechange', { detail }));

describe('c-flow-pairs', () => {
  afterEach(() => document.body.replaceChildren());

  it('draws a row for each pair, with its type', () => {
    const { all } = mount();
    expect(all('c-flow-choice').map(({ value }) => value)).toEqual(['jobTitle', 'visits:number']);
    expect(all('c-flow-choice').map(({ label }) => label)).toEqual([
      'Attribute 1: Name',
      'Attribute 2: Name'
    ]);
    expect(all('c-flow-value').map(({ value }) => value)).toEqual(['Buyer', '{!Visits}']);
    expect(all('legend').map(({ textContent }) => textContent)).toEqual([
      'Attribute 1',
      'Attribute 2'
    ]);
  });

  it('tells a chosen name together with its type', () => {
    const { all, heard } = mount();
    tell(all('c-flow-choice')[0], 'visits:number');
    expect(heard[0][0]).toEqual({ name: 'visits', type: 'number', value: 'Buyer' });
  });

  it('tells a value, and leaves the other rows alone', () => {
    const { all, heard } = mount();
    tell(all('c-flow-value')[1], '12');
    expect(heard).toEqual([[ROWS[0], { ...ROWS[1], value: '12' }]]);
  });

  it('adds an empty row and puts the cursor into it', async () => {
    const { element, all, heard } = mount();
    all('.add')[0].click();
    expect(heard).toEqual([[...ROWS, { name: '', type: '', value: '' }]]);
    element.rows = heard[0];
    await Promise.resolve();
    expect(all('c-flow-choice')).toHaveLength(3);
    expect(all('c-flow-choice')[2].shadowRoot.activeElement).not.toBeNull();
  });

  it('removes a row, by a button that says which', () => {
    const { all, heard } = mount();
    expect(all('.remove').map(({ alternativeText }) => alternativeText)).toEqual([
      'Remove Attribute 1',
      'Remove Attribute 2'
    ]);
    all('.remove')[0].click();
    expect(heard).toEqual([[ROWS[1]]]);
  });

  it('takes no more rows than there are inputs, and says so', () => {
    const { element, all } = mount({ most: 2 });
    expect(all('.add')[0].disabled).toBe(true);
    expect(element.shadowRoot.textContent).toContain('At most 3.');
  });

  it('hands the sentences to their rows', () => {
    const { all } = mount({ problems: { '1.name': 'Unknown.', '0.value': 'Missing.' } });
    expect(all('c-flow-choice').map(({ problem }) => problem)).toEqual([undefined, 'Unknown.']);
    expect(all('c-flow-value').map(({ problem }) => problem)).toEqual(['Missing.', undefined]);
  });

  it('lets names be entered while nobody knows them', () => {
    const { all } = mount({ choices: null });
    expect(all('c-flow-choice').map(({ choices }) => choices)).toEqual([null, null]);
  });

  it.each([
    ['empty', { rows: [] }],
    ['filled', {}],
    ['full', { most: 2 }]
  ])('is accessible when %s', async (_state, properties) => {
    await expect(mount(properties).element).toBeAccessible();
  });
});
