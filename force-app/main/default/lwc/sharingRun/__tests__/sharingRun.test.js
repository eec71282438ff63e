import { createElement } from 'lwc';
import SharingRun from 'c/sharingRun';
import { find, findAll } from 'test/shadow';

const NOW = Date.parse('2026-11-28T20:00:00Z');
const DONE = {
  id: '7',
  direction: 'push',
  state: 'done',
  code: null,
  detail: null,
  startedAt: '2026-11-28T19:50:00Z',
  finishedAt: '2026-11-28T19:52:05Z',
  done: null,
  total: null,
  changed: 1234,
  unchanged: 0,
  unmatched: 4,
  rejected: 0
};
const RUNNING = {
  ...DONE,
  state: 'running',
  finishedAt: null,
  changed: null,
  done: 30,
  total: 120
};

function mount(changes = {}) {
  const element = createElement('c-sharing-run', { is: SharingRun });
  Object.assign(element, { run: { ...DONE, ...changes }, now: NOW });
  document.body.appendChild(element);
  return element;
}

const textOf = (element, selector) => find(element, selector).textContent;

const figuresOf = (element) =>
  Object.fromEntries(
    findAll(element, '.figure').map((figure) => [
      figure.querySelector('dt').textContent,
      figure.querySelector('dd').textContent
    ])
  );

describe('c-sharing-run', () => {
  afterEach(() => document.body.replaceChildren());

  it('says what went where, when, for how long, and how many records it changed', async () => {
    const element = mount();
    expect(textOf(element, '.direction')).toBe('To Salesforce');
    expect(textOf(element, '.state')).toBe('Done');
    expect(textOf(element, '.time')).toBe('10 min. ago');
    expect(find(element, '.time').title).toMatch(/Saturday, November 28, 2026/);
    expect(figuresOf(element)).toEqual({
      Duration: '2 min 5 sec',
      Changed: '1,234',
      Unchanged: '0',
      'Not matched': '4',
      Rejected: '0'
    });
    expect(find(element, 'lightning-button')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('leaves out what nobody knows yet', () => {
    const element = mount({
      ...RUNNING,
      unchanged: null,
      unmatched: null,
      rejected: null,
      done: 0,
      total: null
    });
    expect(figuresOf(element)).toEqual({ Duration: '10 min' });
    expect(find(element, 'lightning-progress-bar')).toBeNull();
  });

  it('shows how far a running one is', () => {
    const element = mount(RUNNING);
    expect(find(element, 'lightning-progress-bar').value).toBe(25);
    expect(textOf(element, '.progress span')).toBe('30 of 120');
  });

  it('says how far it has come while the end is not known', () => {
    const element = mount({ ...RUNNING, done: 2000, total: null });
    expect(textOf(element, '.progress span')).toBe('2,000 so far');
    expect(find(element, 'lightning-progress-bar')).toBeNull();
  });

  it('never goes beyond the end', () => {
    expect(find(mount({ ...RUNNING, done: 500 }), 'lightning-progress-bar').value).toBe(100);
  });

  it.each([
    ['planned', 'Planned'],
    ['stopped', 'Stopped'],
    ['failed', 'Failed'],
    ['abandoned', 'Abandoned'],
    ['a new one', 'a new one']
  ])('names the state %s', (state, text) => {
    expect(textOf(mount({ state }), '.state')).toBe(text);
  });

  it('says why it stopped, and names an older day', () => {
    const element = mount({
      direction: 'pull',
      state: 'stopped',
      code: 'API_LIMIT',
      detail: 'No API calls are left.',
      startedAt: '2026-11-27T03:00:00Z'
    });
    expect(textOf(element, '.reason')).toBe('No API calls are left.');
    expect(textOf(element, '.direction')).toBe('To Personalization');
    expect(textOf(element, '.time')).toMatch(/^Nov 2[67], 2026, /);
  });

  it('lets one that stopped go on, where that is offered', () => {
    const element = mount({ state: 'stopped' });
    expect(find(element, '[data-action="resume"]')).toBeNull();
    element.canResume = true;
    const asked = jest.fn();
    element.addEventListener('resume', asked);
    return Promise.resolve().then(() => {
      find(element, '[data-action="resume"]').click();
      expect(asked).toHaveBeenCalledTimes(1);
    });
  });

  it('offers the rejected rows', () => {
    const element = mount({ rejected: 1005 });
    const asked = jest.fn();
    element.addEventListener('download', ({ detail }) => asked(detail));
    const button = find(element, 'lightning-button');
    expect(button.label).toBe('Download 1,005 rejected rows');
    expect(find(mount({ rejected: 1 }), 'lightning-button').label).toBe('Download 1 rejected row');
    button.click();
    expect(asked).toHaveBeenCalledWith({ runId: '7' });
  });
});
