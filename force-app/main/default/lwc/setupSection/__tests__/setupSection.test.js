import { createElement } from 'lwc';
import SetupSection from 'c/setupSection';
import { find, textOf } from 'test/shadow';

const FAULT = { code: 'SERVICE_UNREACHABLE', message: 'In English.', correlationId: 'c-1' };

function mount(properties) {
  const element = createElement('c-setup-section', { is: SetupSection });
  Object.assign(element, {
    title: 'Health',
    iconName: 'standard:metrics',
    patience: 'This takes long.',
    emptyText: 'There is none.',
    ...properties
  });
  document.body.appendChild(element);
  return element;
}

const stateOf = (element) => find(element, '[data-state]').dataset.state;
const refreshButton = (element) => find(element, 'lightning-button-icon');

describe('c-setup-section', () => {
  afterEach(() => document.body.replaceChildren());

  it.each([
    ['loading', {}, 'This takes long.'],
    ['empty', { hasAnswer: true, isEmpty: true }, 'There is none.'],
    ['fault', { fault: FAULT, hasAnswer: true }, ''],
    ['content', { hasAnswer: true }, '']
  ])('draws exactly one state: %s', async (state, properties, text) => {
    const element = mount(properties);
    expect(stateOf(element)).toBe(state);
    expect(textOf(element)).toContain(text);
    expect(find(element, '.content') !== null).toBe(state === 'content');
    expect(find(element, 'c-fault-panel') !== null).toBe(state === 'fault');
    expect(find(element, 'lightning-spinner') !== null).toBe(state === 'loading');
    await expect(element).toBeAccessible();
  });

  it('asks for an answer on request, and says when it is there', async () => {
    const element = mount({ hasAnswer: true });
    const asked = jest.fn();
    element.addEventListener('refresh', asked);
    refreshButton(element).click();
    expect(asked).toHaveBeenCalledTimes(1);
    element.isBusy = true;
    await Promise.resolve();
    expect(find(element, '[role="status"]').textContent).toBe('Loading Health');
    expect(refreshButton(element).disabled).toBe(true);
    element.isBusy = false;
    await Promise.resolve();
    expect(find(element, '[role="status"]').textContent).toBe('Health is up to date');
  });

  it('asks again after a fault', () => {
    const element = mount({ fault: FAULT });
    const asked = jest.fn();
    element.addEventListener('refresh', asked);
    find(element, 'c-fault-panel').dispatchEvent(new CustomEvent('retry'));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('names the credential of administrators when it is that which is missing', () => {
    const element = mount({ fault: { ...FAULT, code: 'NOT_CONNECTED' } });
    expect(find(element, 'c-fault-panel').fault.code).toBe('NO_ADMINISTRATION');
  });
});
