import { createElement } from 'lwc';
import { DATE_RANGES, SHOW_BY } from 'c/affinityChoices';
import AffinityType from 'c/affinityType';
import { find, findAll } from 'test/shadow';

const item = (label, amount, total, previousAmount) => ({
  id: label.toLowerCase(),
  label,
  amount,
  share: amount / total,
  previousAmount
});
const CATEGORY = {
  type: 'Category',
  label: 'Category',
  total: 140,
  items: [item('Teapots', 56, 140, 44), item('Lanterns', 28, 140, 30), item('Gift wrap', 7, 140, 0)]
};
const [VIEWS, VIEW_TIME] = SHOW_BY;

function mount(properties = {}) {
  const element = createElement('c-affinity-type', { is: AffinityType });
  Object.assign(element, {
    type: CATEGORY,
    showBy: VIEWS,
    period: DATE_RANGES[1],
    maxItems: 4,
    ...properties
  });
  document.body.appendChild(element);
  return element;
}

const textsOf = (element, selector) =>
  findAll(element, selector).map(({ textContent }) => textContent);
const barsOf = (element) => findAll(element, '.bar').map(({ style }) => style.width);

describe('c-affinity-type', () => {
  afterEach(() => document.body.replaceChildren());

  it('draws label, amount and share of each object, strongest first', () => {
    const element = mount();
    expect(find(element, '.name').textContent).toBe('Category');
    expect(find(element, '.total').textContent).toBe('140 views');
    expect(textsOf(element, 'li .label')).toEqual(['Teapots', 'Lanterns', 'Gift wrap']);
    expect(textsOf(element, 'li .amount')).toEqual(['56 views', '28 views', '7 views']);
    expect(textsOf(element, 'li .share')).toEqual(['40%', '20%', '5%']);
  });

  it('draws each bar as long as the share of the whole', () => {
    expect(barsOf(mount())).toEqual(['40%', '20%', '5%', '35%']);
  });

  it('sums up what is not shown, so that the shares are those of the whole', () => {
    const element = mount();
    expect(find(element, '.others .figures').textContent).toBe('49 views');
    expect(find(element, '.others .share').textContent).toBe('35%');
    expect(find(mount({ type: { ...CATEGORY, total: 91 } }), '.others')).toBeNull();
  });

  it('says the change against the period before with an arrow and in words', () => {
    const element = mount();
    expect(textsOf(element, '.change [aria-hidden]')).toEqual(['12', '2', 'New']);
    expect(textsOf(element, '.change .slds-assistive-text')).toEqual([
      '12 views more than in the 30 days before',
      '2 views less than in the 30 days before',
      'New: nothing in the 30 days before'
    ]);
    expect(findAll(element, '.change lightning-icon').map(({ iconName }) => iconName)).toEqual([
      'utility:arrowup',
      'utility:arrowdown'
    ]);
  });

  it('says no change for all time', () => {
    expect(find(mount({ period: DATE_RANGES.at(-1) }), '.change')).toBeNull();
  });

  it('spells view time as a duration', () => {
    const type = { ...CATEGORY, total: 65_000, items: [item('Teapots', 65_000, 65_000, null)] };
    const element = mount({ type, showBy: VIEW_TIME });
    expect(find(element, 'li .amount').textContent).toBe('1 min 5 sec');
    expect(find(element, 'li .share').textContent).toBe('100%');
  });

  it('never says 0% of something that is there', () => {
    const type = { ...CATEGORY, total: 1_000, items: [item('Teapots', 2, 1_000, 2)] };
    expect(find(mount({ type }), 'li .share').textContent).toBe('<1%');
  });

  it('tells an object without a label by its id, and a type by its name', () => {
    const type = { ...CATEGORY, label: null, items: [{ ...CATEGORY.items[0], label: null }] };
    const element = mount({ type });
    expect(find(element, 'li .label').textContent).toBe('teapots');
    expect(find(element, '.name').textContent).toBe('Category');
  });

  it('shows script in a label as text', () => {
    const label = '<img src=x onerror=alert(1)>';
    const type = { ...CATEGORY, label, items: [{ ...CATEGORY.items[0], label }] };
    const element = mount({ type });
    expect(find(element, 'img')).toBeNull();
    expect(find(element, 'li .label').textContent).toBe(label);
  });

  it.each([
    [undefined, 4],
    [2, 2],
    [20, 4]
  ])('draws grey shapes for at most %p objects before the answer: %d', (maxItems, count) => {
    expect(findAll(mount({ type: undefined, maxItems }), '.grey_bar')).toHaveLength(count);
  });

  it.each([
    ['with objects', {}],
    ['before the answer', { type: undefined }]
  ])('is accessible %s', async (_, properties) => {
    await expect(mount(properties)).toBeAccessible();
  });
});
