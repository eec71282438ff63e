import { createElement } from 'lwc';
import FaultPanel from 'c/faultPanel';

const TIMEOUT = { code: 'UPSTREAM_TIMEOUT', message: 'No answer in time', correlationId: 'c-42' };

function mount(fault) {
  const element = createElement('c-fault-panel', { is: FaultPanel });
  element.fault = fault;
  document.body.appendChild(element);
  return element;
}

const detailsIn = (element) =>
  [...element.shadowRoot.querySelectorAll('.detail')].map(({ textContent }) => textContent);

describe('c-fault-panel', () => {
  afterEach(() => document.body.replaceChildren());

  it('says in a friendly sentence what happened', () => {
    const sentence = mount(TIMEOUT).shadowRoot.querySelector('.sentence').textContent;
    expect(sentence).toMatch(/not answering right now/);
  });

  it('keeps code, message and correlation id folded for the administrator', () => {
    const element = mount(TIMEOUT);
    expect(element.shadowRoot.querySelector('details').open).toBe(false);
    expect(detailsIn(element)).toEqual([
      'CodeUPSTREAM_TIMEOUT',
      'MessageNo answer in time',
      'Correlation IDc-42'
    ]);
  });

  it('leaves out details that nobody gave', () => {
    const element = mount({ code: 'UNKNOWN', message: '', correlationId: null });
    expect(detailsIn(element)).toEqual(['CodeUNKNOWN']);
  });

  it('shows markup in a message as text', () => {
    const element = mount({ code: 'UNKNOWN', message: '<img src=x onerror=alert(1)>' });
    expect(element.shadowRoot.querySelector('img')).toBeNull();
    expect(detailsIn(element)[1]).toContain('<img src=x onerror=alert(1)>');
  });

  it('asks again at the press of a button', () => {
    const element = mount(TIMEOUT);
    const handler = jest.fn();
    element.addEventListener('retry', handler);
    element.shadowRoot.querySelector('lightning-button').click();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('is accessible', async () => {
    await expect(mount(TIMEOUT)).toBeAccessible();
  });
});
