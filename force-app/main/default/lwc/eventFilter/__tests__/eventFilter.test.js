import { createElement } from 'lwc';
import EventFilter from 'c/eventFilter';
import { find, findAll } from 'test/shadow';

function mount(properties = {}) {
  const element = createElement('c-event-filter', { is: EventFilter });
  Object.assign(element, properties);
  document.body.appendChild(element);
  return element;
}

const buttonsOf = (element) => findAll(element, 'button');
const pressedIn = (element) =>
  buttonsOf(element)
    .filter((button) => button.getAttribute('aria-pressed') === 'true')
    .map(({ textContent }) => textContent);

function chosenBy(element, kind) {
  const handler = jest.fn();
  element.addEventListener('choose', handler);
  find(element, `[data-kind="${kind}"]`).click();
  return handler.mock.calls[0][0].detail;
}

describe('c-event-filter', () => {
  afterEach(() => document.body.replaceChildren());

  it('has a named button for each kind, none of them pressed', async () => {
    const element = mount();
    const names = buttonsOf(element).map(({ textContent }) => textContent);
    expect(names).toEqual(['Pages', 'Items', 'Cart', 'Orders', 'Campaigns', 'Actions']);
    expect(pressedIn(element)).toEqual([]);
    await expect(element).toBeAccessible();
  });

  it('has no button for a kind that the administrator hides', () => {
    const element = mount({ hiddenKinds: ['page', 'view cart'] });
    expect(buttonsOf(element)).toHaveLength(5);
    expect(find(element, '[data-kind="page"]')).toBeNull();
  });

  it('adds a kind, and takes a pressed one back', () => {
    const element = mount({ kinds: ['cart'] });
    expect(pressedIn(element)).toEqual(['Cart']);
    expect(chosenBy(element, 'order')).toEqual(['cart', 'order']);
    expect(chosenBy(element, 'cart')).toEqual([]);
  });
});
