import { createElement } from 'lwc';
import SummaryLine from 'c/summaryLine';
import { find, textOf } from 'test/shadow';

function mount(summary) {
  const element = createElement('c-summary-line', { is: SummaryLine });
  element.summary = summary;
  document.body.appendChild(element);
  return element;
}

describe('c-summary-line', () => {
  afterEach(() => document.body.replaceChildren());

  it('says the summary in one sentence', async () => {
    const element = mount({ code: 'LAST_ACTIVE', parameters: { days: '1' } });
    expect(textOf(element)).toBe('Last active yesterday.');
    await expect(element).toBeAccessible();
  });

  it('shows markup in a summary as text', () => {
    const item = '<img src=x onerror=alert(1)>';
    const element = mount({ code: 'PUT_IN_CART', parameters: { item, minutes: '0' } });
    expect(find(element, 'img')).toBeNull();
    expect(textOf(element)).toContain(item);
  });

  it('keeps its place without one', async () => {
    const element = mount(undefined);
    expect(find(element, '.summary_grey')).not.toBeNull();
    await expect(element).toBeAccessible();
  });
});
