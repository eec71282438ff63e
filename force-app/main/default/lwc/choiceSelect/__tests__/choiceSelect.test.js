import { createElement } from 'lwc';
import ChoiceSelect from 'c/choiceSelect';
import { find, findAll } from 'test/shadow';

const OPTIONS = [
  { value: 'views', label: 'Views' },
  { value: 'purchases', label: 'Purchases' }
];

function mount(properties = {}) {
  const element = createElement('c-choice-select', { is: ChoiceSelect });
  Object.assign(element, { label: 'Show By', options: OPTIONS, value: 'purchases', ...properties });
  document.body.appendChild(element);
  return element;
}

describe('c-choice-select', () => {
  afterEach(() => document.body.replaceChildren());

  it('offers the options and shows the chosen one', async () => {
    const element = mount();
    const texts = findAll(element, 'option').map(({ textContent }) => textContent);
    expect(texts).toEqual(['Views', 'Purchases']);
    expect(find(element, 'select').value).toBe('purchases');
    element.value = 'views';
    await Promise.resolve();
    expect(find(element, 'select').value).toBe('views');
  });

  it('says what the reader chose', () => {
    const element = mount();
    const handler = jest.fn();
    element.addEventListener('choose', handler);
    const select = find(element, 'select');
    select.value = 'views';
    select.dispatchEvent(new CustomEvent('change'));
    expect(handler.mock.calls[0][0].detail).toBe('views');
  });

  it('is accessible', async () => {
    await expect(mount()).toBeAccessible();
  });
});
