import { createElement } from 'lwc';
import DetailsLink from 'c/detailsLink';

function mount(properties) {
  const element = createElement('c-details-link', { is: DetailsLink });
  Object.assign(element, { itemName: 'Tea set', ...properties });
  document.body.appendChild(element);
  return element;
}

const linkIn = (element) => element.shadowRoot.querySelector('a');

describe('c-details-link', () => {
  afterEach(() => document.body.replaceChildren());

  it('opens the page in a new tab that cannot reach back', () => {
    const link = linkIn(mount({ url: 'https://shop.example/products/1' }));
    expect(link.href).toBe('https://shop.example/products/1');
    expect(link.target).toBe('_blank');
    expect(link.rel).toBe('noopener noreferrer');
  });

  it('says to a screen reader which item and that a tab opens', () => {
    const link = linkIn(mount({ url: 'https://shop.example/products/1' }));
    expect(link.textContent).toBe('Details');
    expect(link.getAttribute('aria-label')).toBe('Details of Tea set, opens in a new tab');
  });

  it('looks like a button when asked to', () => {
    const url = 'https://shop.example/products/1';
    expect(linkIn(mount({ url, isButton: true })).className).toContain('slds-button');
    expect(linkIn(mount({ url })).className).not.toContain('slds-button');
  });

  it.each([
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['http://shop.example/'],
    ['//shop.example/'],
    ['https://rep@shop.example/'],
    ['https://shop.example/\u0007'],
    [null]
  ])('draws no link to %p', (url) => {
    expect(linkIn(mount({ url }))).toBeNull();
  });

  it.each([
    ['click', 0, 1],
    ['auxclick', 1, 1],
    ['auxclick', 2, 0]
  ])('says that it was opened: %s of button %d', (name, button, times) => {
    const element = mount({ url: 'https://shop.example/products/1' });
    const opened = jest.fn();
    element.addEventListener('details', opened);
    linkIn(element).dispatchEvent(new MouseEvent(name, { button }));
    expect(opened).toHaveBeenCalledTimes(times);
  });

  it('is accessible', async () => {
    await expect(mount({ url: 'https://shop.example/products/1' })).toBeAccessible();
  });
});
