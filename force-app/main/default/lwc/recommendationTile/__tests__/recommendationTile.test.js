import { createElement } from 'lwc';
import RecommendationTile from 'c/recommendationTile';
import { find, textOf } from 'test/shadow';
import PRODUCT from './data/product.json';

function mount(properties) {
  const element = createElement('c-recommendation-tile', { is: RecommendationTile });
  Object.assign(element, properties);
  document.body.appendChild(element);
  return element;
}

const mountItem = (changes) => mount({ item: { ...PRODUCT, ...changes } });
const priceIn = (element) => find(element, 'lightning-formatted-number');

describe('c-recommendation-tile', () => {
  afterEach(() => document.body.replaceChildren());

  it('shows picture, name, description, rating, price and details', () => {
    const element = mountItem({});
    expect(find(element, 'img').src).toBe(PRODUCT.imageUrl);
    expect(find(element, 'h3').textContent).toBe(PRODUCT.name);
    expect(textOf(element)).toContain(PRODUCT.description);
    expect(find(element, '[role="img"]').getAttribute('aria-label')).toBe('Rated 4.3 out of 5');
    expect(find(element, 'a').href).toBe(PRODUCT.url);
  });

  it('shows the price in the currency of the product', () => {
    const { value, formatStyle, currencyCode } = priceIn(mountItem({}));
    expect({ value, formatStyle, currencyCode }).toEqual({
      value: 2.55,
      formatStyle: 'currency',
      currencyCode: 'GBP'
    });
  });

  it('shows a price of 0 and no price at all when it is missing', () => {
    expect(priceIn(mountItem({ price: 0 })).value).toBe(0);
    expect(priceIn(mountItem({ price: null }))).toBeNull();
  });

  it.each([[null], ['pounds'], ['<b>']])('does not guess a currency for %p', (unusable) => {
    const { formatStyle, currencyCode } = priceIn(mountItem({ currencyCode: unusable }));
    expect({ formatStyle, currencyCode }).toEqual({
      formatStyle: 'decimal',
      currencyCode: undefined
    });
  });

  it('calls a product without a name by its id', () => {
    expect(find(mountItem({ name: null }), 'h3').textContent).toBe('85123A');
  });

  it('shows a placeholder for a product without a picture', () => {
    expect(find(mountItem({ imageUrl: null }), '.placeholder')).not.toBeNull();
  });

  it('leaves out what the administrator removed', () => {
    const item = PRODUCT;
    expect(find(mount({ item, removeImage: true }), 'c-item-picture')).toBeNull();
    expect(find(mount({ item, removeDetailsButton: true }), 'a')).toBeNull();
    expect(textOf(mount({ item, removeDescription: true }))).not.toContain(item.description);
  });

  it('draws no link to an address that is not safe', () => {
    expect(find(mountItem({ url: '//evil.example' }), 'a')).toBeNull();
  });

  it('shows markup as text', () => {
    const hostile = '<script>alert(1)</script>';
    expect(find(mountItem({ name: hostile }), 'h3').textContent).toBe(hostile);
  });

  it('draws its grey shape while there is no item, with the same parts', () => {
    expect(mount({}).shadowRoot.querySelectorAll('.grey')).toHaveLength(4);
    const bare = mount({ removeImage: true, removeDescription: true });
    expect(bare.shadowRoot.querySelectorAll('.grey')).toHaveLength(2);
  });

  it('is accessible with a product', async () => {
    await expect(mountItem({})).toBeAccessible();
  });

  it('is accessible with little known of the product', async () => {
    const unknown = { name: null, description: null, url: null, imageUrl: null };
    await expect(mountItem({ ...unknown, price: null, rating: null })).toBeAccessible();
  });

  it('says that its page was opened', () => {
    const element = mount({ item: PRODUCT });
    const opened = jest.fn();
    element.addEventListener('details', opened);
    find(element, 'c-details-link').dispatchEvent(new CustomEvent('details'));
    expect(opened).toHaveBeenCalledTimes(1);
  });

  it('is accessible as a grey shape', async () => {
    await expect(mount({})).toBeAccessible();
  });
});
