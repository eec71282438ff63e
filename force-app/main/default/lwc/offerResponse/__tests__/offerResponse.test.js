import { createElement } from 'lwc';
import OfferResponse from 'c/offerResponse';
import { find, findAll, textOf } from 'test/shadow';

const REASONS = ['Too expensive', 'Bad time'];

function mount(properties = {}) {
  const element = createElement('c-offer-response', { is: OfferResponse });
  Object.assign(element, { itemName: 'Tea set', reasons: REASONS, ...properties });
  const responded = jest.fn();
  element.addEventListener('respond', ({ detail }) => responded(detail));
  document.body.appendChild(element);
  return { element, responded };
}

const buttonsOf = (element) => findAll(element, 'button');
const textsOf = (element) => buttonsOf(element).map(({ textContent }) => textContent.trim());
const buttonNamed = (element, name) =>
  buttonsOf(element).find(({ textContent }) => textContent.trim() === name);
const focused = (element) => {
  const { activeElement } = element.shadowRoot;
  return activeElement?.shadowRoot?.activeElement ?? activeElement;
};

async function press(element, name) {
  buttonNamed(element, name).click();
  await Promise.resolve();
}

async function choose(element, value) {
  const select = find(element, 'select');
  select.value = value;
  select.dispatchEvent(new CustomEvent('change'));
  await Promise.resolve();
}

describe('c-offer-response', () => {
  afterEach(() => document.body.replaceChildren());

  it('offers three answers, named for a screen reader', () => {
    const { element } = mount();
    expect(textsOf(element)).toEqual(['Offered', 'Accepted', 'Declined']);
    expect(find(element, '[role="group"]').getAttribute('aria-label')).toBe('Answer about Tea set');
  });

  it('takes Offered at once, and once', async () => {
    const { element, responded } = mount();
    await press(element, 'Offered');
    expect(responded.mock.calls).toEqual([[{ answer: 'Offered', reason: null }]]);
    element.response = { saving: false, saved: ['Offered'], status: 'CRM Only' };
    await Promise.resolve();
    expect(buttonNamed(element, 'Offered').getAttribute('aria-pressed')).toBe('true');
    await press(element, 'Offered');
    expect(responded).toHaveBeenCalledTimes(1);
  });

  it('asks before it takes Accepted, and gives up on Cancel', async () => {
    const { element, responded } = mount();
    await press(element, 'Accepted');
    expect(textOf(element)).toContain('Did the customer accept “Tea set”?');
    expect(focused(element).textContent.trim()).toBe('Cancel');
    await press(element, 'Cancel');
    expect(responded).not.toHaveBeenCalled();
    expect(focused(element).textContent.trim()).toBe('Accepted');
    await press(element, 'Accepted');
    await press(element, 'Save as Accepted');
    expect(responded.mock.calls).toEqual([[{ answer: 'Accepted', reason: null }]]);
  });

  it('gives up on Escape, which nobody else hears then', async () => {
    const { element } = mount();
    const heard = jest.fn();
    document.body.addEventListener('keydown', heard);
    await press(element, 'Declined');
    const escape = () =>
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true });
    find(element, '.question').dispatchEvent(escape());
    await Promise.resolve();
    expect(textsOf(element)).toEqual(['Offered', 'Accepted', 'Declined']);
    expect(heard).not.toHaveBeenCalled();
    find(element, '.buttons').dispatchEvent(escape());
    expect(heard).toHaveBeenCalledTimes(1);
    document.body.removeEventListener('keydown', heard);
  });

  it('asks for the reason of Declined, and does not go on without a choice', async () => {
    const { element, responded } = mount();
    await press(element, 'Declined');
    expect(focused(element)).toBe(find(element, 'select'));
    expect(findAll(element, 'option').map(({ textContent }) => textContent)).toEqual([
      'Choose a reason',
      'Too expensive',
      'Bad time',
      'No reason given'
    ]);
    await press(element, 'Save as Declined');
    expect(find(element, '[role="alert"]').textContent.trim()).toBe('Choose a reason.');
    expect(responded).not.toHaveBeenCalled();
    await choose(element, 'Too expensive');
    expect(find(element, '[role="alert"]')).toBeNull();
    await press(element, 'Save as Declined');
    expect(responded.mock.calls).toEqual([[{ answer: 'Declined', reason: 'Too expensive' }]]);
  });

  it('takes that no reason was given', async () => {
    const { element, responded } = mount();
    await press(element, 'Declined');
    await choose(element, '');
    await press(element, 'Save as Declined');
    expect(responded.mock.calls).toEqual([[{ answer: 'Declined', reason: null }]]);
  });

  it('asks for no reason where there are none', async () => {
    const { element, responded } = mount({ reasons: [] });
    await press(element, 'Declined');
    expect(find(element, 'select')).toBeNull();
    await press(element, 'Save as Declined');
    expect(responded.mock.calls).toEqual([[{ answer: 'Declined', reason: null }]]);
  });

  it('takes nothing while an answer is being saved, and says so', async () => {
    const { element, responded } = mount({ response: { saving: true, saved: [] } });
    expect(find(element, '[role="status"]').textContent).toBe('Saving the answer');
    await press(element, 'Accepted');
    await press(element, 'Offered');
    expect(responded).not.toHaveBeenCalled();
    expect(find(element, '.question')).toBeNull();
    expect(buttonNamed(element, 'Offered').getAttribute('aria-disabled')).toBe('true');
  });

  it('shows in place of the buttons that the offer was accepted', () => {
    const { element } = mount({ response: { saved: ['Offered', 'Accepted'], status: 'Sent' } });
    expect(buttonsOf(element)).toEqual([]);
    expect(find(element, '.outcome').textContent.trim()).toBe('Accepted');
    expect(find(element, '[role="status"]').textContent).toBe('Saved: Accepted, Tea set');
  });

  it.each([
    ['moves to the outcome', () => {}, true],
    ['stays in what has opened meanwhile', (dialogue) => dialogue.focus(), false]
  ])('the focus %s', async (_, meanwhile, isMoved) => {
    const { element } = mount({ reasons: [] });
    element.addEventListener('respond', () => {
      element.response = { saving: true, saved: [] };
    });
    await press(element, 'Accepted');
    await press(element, 'Save as Accepted');
    const dialogue = document.body.appendChild(document.createElement('input'));
    meanwhile(dialogue);
    element.response = { saving: false, saved: ['Accepted'], status: 'Sent' };
    await Promise.resolve();
    expect(focused(element) === find(element, '.outcome')).toBe(isMoved);
  });

  it.each([
    ['Pending', /could not be reached and will be told later/],
    ['Failed', /did not take it: the Offer Response says why/]
  ])('says what %s means', (status, sentence) => {
    const { element } = mount({ response: { saved: ['Accepted'], status } });
    expect(find(element, '.note').textContent).toMatch(sentence);
  });

  it('says that nothing was saved, and why, and can be tried again', async () => {
    const fault = { code: 'RESPONSE_NOT_SAVED', message: 'x', correlationId: null };
    const { element, responded } = mount({ response: { saving: false, saved: [], fault } });
    expect(find(element, '[role="alert"]').textContent).toMatch(
      /^The answer was not saved\. Salesforce did not take it\./
    );
    await press(element, 'Offered');
    expect(responded).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['with its buttons', () => mount()],
    ['after Offered', () => mount({ response: { saved: ['Offered'], status: 'CRM Only' } })],
    ['while it saves', () => mount({ response: { saving: true, saved: [] } })],
    ['after Accepted', () => mount({ response: { saved: ['Accepted'], status: 'Pending' } })],
    ['after a failure', () => mount({ response: { saved: [], fault: { code: 'UNKNOWN' } } })]
  ])('is accessible %s', async (_, make) => {
    await expect(make().element).toBeAccessible();
  });

  it('is accessible while it asks', async () => {
    const { element } = mount();
    await press(element, 'Declined');
    await press(element, 'Save as Declined');
    await expect(element).toBeAccessible();
  });
});
