import { createElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import decide from '@salesforce/apex/DeadLettersController.decide';
import getDeadLetters from '@salesforce/apex/DeadLettersController.getDeadLetters';
import DeadLetters from 'c/deadLetters';
import { find, findAll, textOf } from 'test/shadow';
import LETTERS from './data/letters.json';

jest.mock('@salesforce/apex/DeadLettersController.decide', () => ({ default: jest.fn() }), {
  virtual: true
});
jest.mock('@salesforce/apex/DeadLettersController.getDeadLetters', () => ({ default: jest.fn() }), {
  virtual: true
});

const NONE = { letters: [], next: null };
const toasts = jest.fn();
const settled = () => new Promise(process.nextTick);

const faultOf = (code) => ({
  body: { message: JSON.stringify({ code, message: 'What happened' }) }
});

async function mount(...pages) {
  for (const page of pages) {
    getDeadLetters.mockResolvedValueOnce(page);
  }
  const element = createElement('c-dead-letters', { is: DeadLetters });
  element.addEventListener('lightning__showtoast', ({ detail }) => toasts(detail));
  document.body.appendChild(element);
  await settled();
  return element;
}

const stateOf = (element) => find(element, '[data-state]').dataset.state;
const rowsOf = (element) => findAll(element, 'tbody tr');
const nameOf = (button) => button.label ?? button.textContent.trim();
const buttonNamed = (element, name) =>
  findAll(element, 'lightning-button, button').find((button) => nameOf(button) === name);

async function press(element, name) {
  buttonNamed(element, name).click();
  await settled();
}

describe('c-dead-letters', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('lists what was not delivered, where it came from, and why', async () => {
    const element = await mount(LETTERS);
    expect(stateOf(element)).toBe('content');
    expect(rowsOf(element)).toHaveLength(2);
    const [refused, doubtful] = rowsOf(element).map(({ textContent }) => textContent);
    expect(refused).toContain('Flow data');
    expect(refused).toContain('Personalization refused the event.');
    expect(refused).toContain('UPSTREAM_REFUSED_EVENT · Reference abc-17');
    expect(doubtful).toContain('Rep’s answer');
    expect(doubtful).toContain('It may have been counted, so it never goes again.');
  });

  it('offers to replay what may go again, and only that', async () => {
    const element = await mount(LETTERS);
    const names = rowsOf(element).map((row) => [...row.querySelectorAll('button')].map(nameOf));
    expect(names).toEqual([['Replay', 'Drop'], ['Drop']]);
  });

  it('sends one again, says so, and shows what is left', async () => {
    const element = await mount(LETTERS, NONE);
    decide.mockResolvedValueOnce(1);
    await press(element, 'Replay');
    expect(decide).toHaveBeenCalledWith({ what: 'replay', ids: [17] });
    expect(toasts.mock.calls[0][0]).toMatchObject({
      message: '1 sent again. Whatever fails again comes back here.',
      variant: 'success'
    });
    expect(stateOf(element)).toBe('empty');
    expect(textOf(element)).toContain('Everything was delivered.');
  });

  it('sends all again once that is confirmed', async () => {
    const element = await mount(LETTERS, NONE);
    LightningConfirm.open = jest.fn().mockResolvedValueOnce(false).mockResolvedValueOnce(true);
    decide.mockResolvedValueOnce(3);
    await press(element, 'Replay All');
    expect(decide).not.toHaveBeenCalled();
    await press(element, 'Replay All');
    expect(decide).toHaveBeenCalledWith({ what: 'replay', ids: null });
  });

  it('drops one once that is confirmed', async () => {
    const element = await mount(LETTERS, NONE);
    LightningConfirm.open = jest.fn().mockResolvedValueOnce(false).mockResolvedValueOnce(true);
    decide.mockResolvedValueOnce(1);
    await press(element, 'Drop');
    expect(LightningConfirm.open.mock.calls[0][0].message).toContain('Drop message 17 for good?');
    expect(decide).not.toHaveBeenCalled();
    await press(element, 'Drop');
    expect(decide).toHaveBeenCalledWith({ what: 'drop', ids: [17] });
    expect(toasts.mock.calls[0][0].message).toBe('Message 17 is dropped.');
  });

  it('says that somebody else was faster', async () => {
    const element = await mount(LETTERS, NONE);
    decide.mockResolvedValueOnce(0);
    await press(element, 'Replay');
    expect(toasts.mock.calls[0][0]).toMatchObject({
      message: 'Somebody else has decided meanwhile.',
      variant: 'info'
    });
  });

  it('says that a decision failed, and still shows what there is', async () => {
    const element = await mount(LETTERS, LETTERS);
    decide.mockRejectedValueOnce(faultOf('SERVICE_UNREACHABLE'));
    await press(element, 'Replay');
    expect(toasts.mock.calls[0][0]).toMatchObject({
      message: expect.stringMatching(/not answering right now/),
      variant: 'error'
    });
    expect(rowsOf(element)).toHaveLength(2);
  });

  it('turns pages, and goes back when a page has become empty', async () => {
    const more = { ...LETTERS, next: 18 };
    const element = await mount(more, LETTERS, NONE, more);
    expect(buttonNamed(element, 'Previous').disabled).toBe(true);
    await press(element, 'Next');
    expect(getDeadLetters).toHaveBeenLastCalledWith({ after: 18 });
    expect(buttonNamed(element, 'Next').disabled).toBe(true);
    decide.mockResolvedValueOnce(1);
    await press(element, 'Replay');
    expect(getDeadLetters.mock.calls.map(([{ after }]) => after)).toEqual([0, 18, 18, 0]);
    expect(buttonNamed(element, 'Previous').disabled).toBe(true);
  });

  it('shows no pages where there is one', async () => {
    expect(buttonNamed(await mount(LETTERS), 'Next')).toBeUndefined();
  });

  it('waits visibly', async () => {
    getDeadLetters.mockReturnValueOnce(new Promise(() => {}));
    const element = await mount();
    expect(stateOf(element)).toBe('loading');
    expect(find(element, 'lightning-spinner').alternativeText).toBe('Loading Dead Letters');
    await expect(element).toBeAccessible();
  });

  it('says which access is missing', async () => {
    getDeadLetters.mockRejectedValueOnce(faultOf('NOT_CONNECTED'));
    const element = await mount();
    expect(stateOf(element)).toBe('fault');
    expect(textOf(element)).toContain('Personalization Administration Access');
    expect(buttonNamed(element, 'Replay All')).toBeUndefined();
    await expect(element).toBeAccessible();
  });

  it('can be tried again after an error', async () => {
    getDeadLetters.mockRejectedValueOnce(faultOf('SERVICE_UNREACHABLE'));
    const element = await mount();
    expect(textOf(element)).toContain('not answering right now');
    getDeadLetters.mockResolvedValueOnce(LETTERS);
    find(element, 'c-fault-panel').dispatchEvent(new CustomEvent('retry'));
    await settled();
    expect(stateOf(element)).toBe('content');
  });

  it.each([
    ['with letters', LETTERS],
    ['without any', NONE]
  ])('is accessible %s', async (_, page) => {
    await expect(await mount(page)).toBeAccessible();
  });
});
