import { createElement } from 'lwc';
import FlowValue from 'c/flowValue';

const GROUPS = [
  {
    label: 'Record that starts the Flow',
    resources: [
      { name: '$Record.Email', label: 'Email (Email)', isText: true },
      { name: '$Record.CreatedDate', label: 'Created', isText: false }
    ]
  },
  {
    label: 'Variables, constants and formulas',
    resources: [{ name: 'Count', label: 'Count', isText: false }]
  }
];

function mount(properties) {
  const element = createElement('c-flow-value', { is: FlowValue });
  Object.assign(element, { label: 'Identity 1: Value', groups: GROUPS, ...properties });
  const heard = [];
  element.addEventListener('valuechange', ({ detail }) => heard.push(detail));
  document.body.appendChild(element);
  return { element, heard, find: (selector) => element.shadowRoot.querySelector(selector) };
}

describe('c-flow-value', () => {
  afterEach(() => document.body.replaceChildren());

  it('shows the value and tells what is typed', () => {
    const { find, heard } = mount({ value: 'Buyer' });
    expect(find('input').value).toBe('Buyer');
    find('input').value = 'Owner';
    find('input').dispatchEvent(new CustomEvent('input', { bubbles: true }));
    expect(heard).toEqual(['Owner']);
  });

  it('offers the resources that hold a text, in their groups, and no others', () => {
    const { find } = mount();
    const groups = [...find('select').querySelectorAll('optgroup')].map(({ label }) => label);
    expect(groups).toEqual(['Record that starts the Flow']);
    expect([...find('select').options].map(({ value }) => value)).toEqual(['', '{!$Record.Email}']);
  });

  it('tells a chosen resource, takes the cursor back, and is ready for another choice', () => {
    const { element, find, heard } = mount();
    find('select').value = '{!$Record.Email}';
    find('select').dispatchEvent(new CustomEvent('change', { bubbles: true }));
    expect(heard).toEqual(['{!$Record.Email}']);
    expect(find('select').value).toBe('');
    expect(element.shadowRoot.activeElement).toBe(find('input'));
  });

  it('tells nothing when no resource was chosen', () => {
    const { find, heard } = mount();
    find('select').dispatchEvent(new CustomEvent('change', { bubbles: true }));
    expect(heard).toEqual([]);
  });

  it('reads out what the list of resources is for', () => {
    expect(mount().find('select').getAttribute('aria-label')).toBe(
      'Use a resource for Identity 1: Value'
    );
  });

  it('says what is wrong', () => {
    const { find } = mount({ problem: 'The Flow has no resource {!A}.' });
    expect(find('input').getAttribute('aria-invalid')).toBe('true');
    expect(find('.slds-form-element__help').textContent).toBe('The Flow has no resource {!A}.');
  });

  it.each([
    ['blank', {}],
    ['filled', { value: '{!$Record.Email}', required: true }],
    ['wrong', { value: '{!A}', problem: 'The Flow has no resource {!A}.' }]
  ])('is accessible when %s', async (_state, properties) => {
    await expect(mount(properties).element).toBeAccessible();
  });
});
