import { createElement } from 'lwc';
import EventRow from 'c/eventRow';
import { find, findAll, textOf } from 'test/shadow';

const NOW = Date.parse('2026-11-21T20:00:00Z');
const EVENT = {
  id: '7',
  occurredAt: '2026-11-21T19:57:00.000Z',
  name: 'View Item',
  itemAction: 'View Item',
  kind: 'catalog',
  url: 'https://shop.example/products/22423?…',
  channel: 'Web',
  application: 'Shop',
  source: 'site',
  item: { type: 'Product', id: '22423', name: 'Cakestand', inventoryStatus: 'inStock' },
  details: [{ label: 'Product', value: 'Cakestand (22423), 12.75 GBP, in stock' }]
};
const BARE = { id: '8', occurredAt: '2026-11-21T10:00:00.000Z', name: 'Homepage', kind: 'page' };
const SCRIPT = '<img src=x onerror=alert(1)>';
const HOSTILE = {
  ...EVENT,
  name: SCRIPT,
  url: 'javascript:alert(1)',
  channel: SCRIPT,
  item: { type: SCRIPT, id: SCRIPT, name: SCRIPT, inventoryStatus: SCRIPT },
  details: [{ label: SCRIPT, value: SCRIPT }]
};

const PEOPLE = [{ recordId: '003000000000001AAA', objectApiName: 'Contact', name: 'Ada Ashdown' }];

function mount(event = EVENT, properties = {}) {
  const element = createElement('c-event-row', { is: EventRow });
  Object.assign(element, { event, now: NOW, ...properties });
  document.body.appendChild(element);
  return element;
}

const openerOf = (element) => find(element, 'button');

async function opened(event) {
  const element = mount(event);
  openerOf(element).click();
  await Promise.resolve();
  return element;
}

describe('c-event-row', () => {
  afterEach(() => document.body.replaceChildren());

  it('says who did it where a stream is of several people', () => {
    const element = mount({ ...EVENT, people: PEOPLE });
    expect(findAll(element, 'c-record-link').map(({ link }) => link.name)).toEqual(['Ada Ashdown']);
    expect(findAll(mount(), 'c-record-link')).toEqual([]);
  });

  it('says what was done with which item, where, and how long ago', () => {
    const element = mount();
    expect(openerOf(element).textContent).toBe('View Item');
    expect(find(element, 'time').textContent).toBe('3 min. ago');
    expect(find(element, 'time').title).toMatch(/Saturday, November 21, 2026/);
    expect(find(element, '.item__name').textContent).toBe('Cakestand');
    expect(find(element, '.place').textContent).toBe('Web · Shop');
  });

  it.each([
    ['inStock', 'In stock'],
    ['outOfStock', 'Out of stock'],
    ['backOrder', 'backOrder']
  ])('says that the item was %s then', (inventoryStatus, label) => {
    const element = mount({ ...EVENT, item: { ...EVENT.item, inventoryStatus } });
    expect(find(element, '.stock').textContent).toBe(label);
  });

  it('draws nothing for what the event does not say', () => {
    const element = mount(BARE);
    expect(findAll(element, '.item, .where, .stock, a')).toEqual([]);
  });

  it('tells an item without a name by its id', () => {
    const element = mount({ ...EVENT, item: { type: 'Product', id: '22423', name: null } });
    expect(find(element, '.item__name').textContent).toBe('22423');
  });

  it('bears the icon of its kind', () => {
    expect(find(mount(), '.sign_catalog lightning-icon').iconName).toBe('utility:preview');
    expect(find(mount(BARE), '.sign_page lightning-icon').iconName).toBe('utility:page');
  });

  it('links a safe address into a new tab', () => {
    const link = find(mount(), 'a');
    expect(link.textContent).toBe('shop.example/products/22423?…');
    expect(link.rel).toBe('noopener noreferrer');
    expect(link.getAttribute('aria-label')).toMatch(/opens in a new tab$/);
  });

  it.each(['http://shop.example/p', 'javascript:alert(1)', '/relative'])(
    'shows the address %s as text only',
    (url) => {
      const element = mount({ ...EVENT, url });
      expect(find(element, 'a')).toBeNull();
      expect(find(element, '.url').textContent).toBe(url);
    }
  );

  it('opens all fields with a button that says so', async () => {
    const element = mount();
    expect(openerOf(element).getAttribute('aria-expanded')).toBe('false');
    expect(find(element, 'dl')).toBeNull();
    const handler = jest.fn();
    element.addEventListener('toggle', handler);
    openerOf(element).click();
    await Promise.resolve();
    expect(openerOf(element).getAttribute('aria-expanded')).toBe('true');
    expect(handler.mock.calls[0][0].detail).toEqual({ isOpen: true });
    expect(findAll(element, 'dt').map(({ textContent }) => textContent)).toContain('Source');
    expect(findAll(element, 'dd').at(-1).textContent).toBe(
      'Cakestand (22423), 12.75 GBP, in stock'
    );
  });

  it('closes them again', async () => {
    const element = await opened();
    openerOf(element).click();
    await Promise.resolve();
    expect(find(element, 'dl')).toBeNull();
    expect(find(element, '.fields').hidden).toBe(true);
  });

  it('lights up when it came while the reader was looking', () => {
    expect(find(mount(EVENT, { isNew: true }), '.row_new')).not.toBeNull();
    expect(find(mount(), '.row_new')).toBeNull();
  });

  it('shows script in every field as text', async () => {
    const element = await opened(HOSTILE);
    expect(findAll(element, 'img, a')).toEqual([]);
    expect(textOf(element).split(SCRIPT).length - 1).toBeGreaterThanOrEqual(6);
  });

  it.each([
    ['closed', () => mount()],
    ['open', () => opened()],
    ['bare', () => mount(BARE)],
    ['hostile', () => opened(HOSTILE)]
  ])('is accessible when it is %s', async (_, make) => {
    await expect(await make()).toBeAccessible();
  });
});
