import { createElement } from 'lwc';
import FlowChoice from 'c/flowChoice';

const CHOICES = [
  { label: 'Retail', value: 'retail' },
  { label: 'Outlet', value: 'outlet' }
];

function mount(properties) {
  const element = createElement('c-flow-choice', { is: FlowChoice });
  Object.assign(element, { label: 'Dataset', ...properties });
  const heard = [];
  element.addEventListener('valuechange', ({ detail }) => heard.push(detail));
  document.body.appendChild(element);
  return { element, heard, find: (selector) => element.shadowRoot.querySelector(selector) };
}

const optionsOf = (select) => [...select.options].map(({ value, selected }) => [value, selected]);

describe('c-flow-choice', () => {
  afterEach(() => document.body.replaceChildren());

  it('marks what is chosen', () => {
    const { find } = mount({ choices: CHOICES, value: 'outlet' });
    expect(optionsOf(find('select'))).toEqual([
      ['', false],
      ['retail', false],
      ['outlet', true]
    ]);
  });

  it('keeps a value that is not offered, and says so', () => {
    const { find } = mount({ choices: CHOICES, value: 'gone' });
    expect(find('select').selectedOptions[0].textContent.trim()).toBe('gone (not offered)');
  });

  it('tells a choice', () => {
    const { find, heard } = mount({ choices: CHOICES });
    find('select').value = 'retail';
    find('select').dispatchEvent(new CustomEvent('change', { bubbles: true }));
    expect(heard).toEqual(['retail']);
  });

  it('lets any text be entered while nobody knows the choices', () => {
    const { find, heard } = mount({ value: 'retail' });
    expect(find('select')).toBeNull();
    expect(find('input').value).toBe('retail');
    find('input').value = 'outlet';
    find('input').dispatchEvent(new CustomEvent('input', { bubbles: true }));
    expect(heard).toEqual(['outlet']);
  });

  it('takes the cursor', () => {
    const { element, find } = mount({ choices: CHOICES });
    element.focus();
    expect(element.shadowRoot.activeElement).toBe(find('select'));
  });

  it('keeps the cursor when a list takes the place of the text', async () => {
    const { element, find } = mount({});
    element.focus();
    element.choices = CHOICES;
    await Promise.resolve();
    expect(element.shadowRoot.activeElement).toBe(find('select'));
  });

  it('takes no cursor from elsewhere when the list comes', async () => {
    const { element } = mount({});
    element.choices = CHOICES;
    await Promise.resolve();
    expect(element.shadowRoot.activeElement).toBeNull();
  });

  it('says what is wrong where a screen reader looks for it', () => {
    const { find } = mount({ choices: CHOICES, problem: 'Enter or choose a value.' });
    expect(find('select').getAttribute('aria-invalid')).toBe('true');
    expect(find('.slds-has-error .slds-form-element__help').textContent).toBe(
      'Enter or choose a value.'
    );
  });

  it.each([
    ['with choices', { choices: CHOICES, value: 'retail', help: 'Where to.', required: true }],
    ['with a problem', { choices: CHOICES, problem: 'Enter or choose a value.' }],
    ['as a text', { value: 'retail' }]
  ])('is accessible %s', async (_state, properties) => {
    await expect(mount(properties).element).toBeAccessible();
  });
});
