import { createElement } from 'lwc';
import PromotionTile from 'c/promotionTile';
import { find, textOf } from 'test/shadow';
import PROMOTION from './data/promotion.json';
import ACTION from './data/action.json';

function mount(properties) {
  const element = createElement('c-promotion-tile', { is: PromotionTile });
  Object.assign(element, properties);
  document.body.appendChild(element);
  return element;
}

const headlineIn = (element) => find(element, 'h3').textContent;

describe('c-promotion-tile', () => {
  afterEach(() => document.body.replaceChildren());

  it('shows picture, name, description and details of a promotion', () => {
    const element = mount({ item: PROMOTION });
    expect(find(element, 'img').src).toBe(PROMOTION.imageUrl);
    expect(headlineIn(element)).toBe(PROMOTION.name);
    expect(textOf(element)).toContain(PROMOTION.description);
    expect(find(element, 'a').href).toBe(PROMOTION.url);
  });

  it('lets the call to action lead where there is no picture', () => {
    const element = mount({ item: ACTION });
    expect(headlineIn(element)).toBe(ACTION.ctaText);
    expect(find(element, '.subline').textContent).toBe(ACTION.name);
    expect(find(element, '.panel lightning-icon')).not.toBeNull();
    expect(find(element, 'c-item-picture')).toBeNull();
  });

  it('says the call to action of a promotion with a picture below its name', () => {
    const element = mount({ item: { ...PROMOTION, ctaText: 'Offer it today' } });
    expect(headlineIn(element)).toBe(PROMOTION.name);
    expect(find(element, '.subline').textContent).toBe('Offer it today');
  });

  it.each([
    [{ name: 'Call back', ctaText: null }, 'Call back'],
    [{ name: null, ctaText: 'Call now' }, 'Call now'],
    [{ name: null, ctaText: null }, 'promo-action-1']
  ])('finds a headline for %j and says nothing twice', (texts, headline) => {
    const element = mount({ item: { ...ACTION, ...texts } });
    expect(headlineIn(element)).toBe(headline);
    expect(find(element, '.subline')).toBeNull();
  });

  it('leaves out the picture', () => {
    const element = mount({ item: PROMOTION, removeImage: true });
    expect(find(element, 'img')).toBeNull();
    expect(headlineIn(element)).toBe(PROMOTION.name);
  });

  it('leaves out the panel of an action but not its call', () => {
    const element = mount({ item: ACTION, removeImage: true });
    expect(find(element, '.panel')).toBeNull();
    expect(headlineIn(element)).toBe(ACTION.ctaText);
  });

  it('leaves out the description', () => {
    expect(textOf(mount({ item: PROMOTION, removeDescription: true }))).not.toContain(
      PROMOTION.description
    );
  });

  it('leaves out the details button', () => {
    expect(find(mount({ item: PROMOTION, removeDetailsButton: true }), 'a')).toBeNull();
  });

  it('draws no button to an address that is not safe', () => {
    const element = mount({ item: { ...PROMOTION, url: 'javascript:alert(1)' } });
    expect(find(element, 'a')).toBeNull();
    expect(find(element, '.foot')).toBeNull();
  });

  it('shows a placeholder for a picture whose address is not safe', () => {
    const element = mount({ item: { ...PROMOTION, imageUrl: 'http://shop.example/1.png' } });
    expect(find(element, 'img')).toBeNull();
    expect(find(element, '.placeholder')).not.toBeNull();
  });

  it('shows markup as text', () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const element = mount({ item: { ...ACTION, name: hostile, description: hostile } });
    expect(find(element, 'img')).toBeNull();
    expect(find(element, '.description').textContent).toBe(hostile);
  });

  it('draws its grey shape while there is no item, with the same parts', () => {
    const stencil = mount({});
    expect(stencil.shadowRoot.querySelectorAll('.grey')).toHaveLength(4);
    expect(textOf(stencil)).toBe('');
    const bare = mount({ removeImage: true, removeDescription: true, removeDetailsButton: true });
    expect(bare.shadowRoot.querySelectorAll('.grey')).toHaveLength(1);
  });

  it('is accessible with a picture', async () => {
    await expect(mount({ item: PROMOTION })).toBeAccessible();
  });

  it('is accessible as an action', async () => {
    await expect(mount({ item: ACTION })).toBeAccessible();
  });

  it('says that its page was opened', () => {
    const element = mount({ item: PROMOTION });
    const opened = jest.fn();
    element.addEventListener('details', opened);
    find(element, 'c-details-link').dispatchEvent(new CustomEvent('details'));
    expect(opened).toHaveBeenCalledTimes(1);
  });

  it('is accessible as a grey shape', async () => {
    await expect(mount({})).toBeAccessible();
  });
});
