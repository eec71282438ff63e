import { createElement } from 'lwc';
import examine from '@salesforce/apex/DoctorController.examine';
import Doctor from 'c/doctor';
import { find, findAll } from 'test/shadow';

jest.mock(
  '@salesforce/apex/DoctorController.examine',
  () => ({ __esModule: true, default: jest.fn() }),
  { virtual: true }
);

const check = (code, groupName, verdict, more = {}) => ({
  code,
  groupName,
  verdict,
  about: null,
  message: `${code} was looked at.`,
  action: verdict === 'green' ? null : `Mend ${code}.`,
  ...more
});
const CHECKS = [
  check('DISK', 'service', 'green'),
  check('KEYS', 'service', 'green'),
  check('CLOCK', 'personalization', 'amber'),
  check('TOKEN_API', 'personalization', 'red', { about: 'retail' }),
  check('OUTBOX', 'deliveries', 'amber')
];

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    // eslint-disable-next-line no-await-in-loop
    await Promise.resolve();
  }
};

async function mount(checks = CHECKS) {
  examine.mockResolvedValue(checks);
  const element = createElement('c-doctor', { is: Doctor });
  document.body.appendChild(element);
  await settled();
  return element;
}

const groupsOf = (element) => findAll(element, '[data-group]').map((each) => each.dataset.group);
const section = (element) => find(element, 'c-setup-section');

describe('c-doctor', () => {
  beforeEach(() => jest.resetAllMocks());
  afterEach(() => document.body.replaceChildren());

  it('shows the group with the worst check first, and in it the worst check', async () => {
    const element = await mount();
    expect(groupsOf(element)).toEqual(['personalization', 'deliveries', 'service']);
    const shown = findAll(element, '[data-group="personalization"] [data-verdict]');
    expect(shown.map((each) => each.dataset.verdict)).toEqual(['red', 'amber']);
    await expect(element).toBeAccessible();
  });

  it('says what was found and what to do next', async () => {
    const element = await mount();
    const worst = find(element, 'c-doctor-check');
    const said = find(worst, '.message').textContent;
    expect(said).toBe('retail: TOKEN_API was looked at.');
    expect(find(worst, '.action').textContent).toBe('Next: Mend TOKEN_API.');
    expect(find(worst, 'lightning-icon').alternativeText).toMatch(/^Red/);
  });

  it('counts by verdict', async () => {
    const texts = findAll(await mount(), '.count').map((each) => each.textContent);
    expect(texts).toEqual(['1 red', '2 amber', '2 green']);
  });

  it('folds what is well', async () => {
    const element = await mount();
    const folded = findAll(element, 'details summary').map((each) => each.textContent);
    expect(folded).toEqual(['2 checks are green']);
    const [inside] = findAll(element, 'details c-doctor-check');
    expect(find(inside, '.action')).toBeNull();
  });

  it('keeps what it showed while it looks again', async () => {
    const element = await mount();
    let answer;
    examine.mockReturnValue(
      new Promise((resolve) => {
        answer = resolve;
      })
    );
    section(element).dispatchEvent(new CustomEvent('refresh'));
    await settled();
    expect(section(element).isBusy).toBe(true);
    expect(groupsOf(element)).toHaveLength(3);
    answer([check('DISK', 'service', 'red')]);
    await settled();
    expect(section(element).isBusy).toBe(false);
    expect(groupsOf(element)).toEqual(['service']);
  });

  it('hands a fault over, and forgets it once there is an answer', async () => {
    examine.mockRejectedValue({ body: { message: '{"code":"NOT_CONNECTED"}' } });
    const element = createElement('c-doctor', { is: Doctor });
    document.body.appendChild(element);
    await settled();
    expect(section(element).fault.code).toBe('NOT_CONNECTED');
    examine.mockResolvedValue(CHECKS);
    section(element).dispatchEvent(new CustomEvent('refresh'));
    await settled();
    expect(section(element).fault).toBeUndefined();
  });
});
