import { createElement } from 'lwc';
import Diagnosis from 'c/diagnosis';
import PersonalizationCard from 'c/personalizationCard';
import { find, findAll } from 'test/shadow';

jest.mock(
  '@salesforce/customPermission/Personalization_Diagnosis',
  () => ({ __esModule: true, default: true }),
  { virtual: true }
);

const OK = { state: 'ok', asOf: '2026-11-21T12:00:00Z', stale: false, reason: null };
const EMPTY = { ...OK, state: 'empty', reason: { code: 'UNKNOWN_PERSON', parameters: {} } };
const DIAGNOSED = {
  kind: 'promotion',
  component: 'nextBest',
  recordId: '003',
  datafield: 'promos'
};

function mount(properties = {}) {
  const element = createElement('c-personalization-card', { is: PersonalizationCard });
  Object.assign(element, { cardTitle: 'Offers', diagnosed: DIAGNOSED, ...properties });
  document.body.appendChild(element);
  return element;
}

const headerButtonOf = (element) => find(element, '.diagnose');
const whyOf = (element) =>
  findAll(element, 'lightning-button').find(({ label }) => label === 'Why is this card empty?');

describe('c-personalization-card of an administrator', () => {
  beforeEach(() => Diagnosis.open.mockClear());
  afterEach(() => document.body.replaceChildren());

  it('can be diagnosed in every state', () => {
    expect(headerButtonOf(mount()).alternativeText).toBe('Diagnose Offers');
    expect(headerButtonOf(mount({ answer: OK }))).not.toBeNull();
    expect(headerButtonOf(mount({ answer: EMPTY }))).not.toBeNull();
    expect(headerButtonOf(mount({ fault: { code: 'X' } }))).not.toBeNull();
  });

  it('asks why only where nothing is shown', () => {
    expect(whyOf(mount())).toBeUndefined();
    expect(whyOf(mount({ answer: OK }))).toBeUndefined();
    expect(whyOf(mount({ answer: EMPTY }))).toBeDefined();
    expect(whyOf(mount({ fault: { code: 'X' } }))).toBeDefined();
  });

  it.each([headerButtonOf, whyOf])('opens the diagnosis of this very card', (buttonOf) => {
    buttonOf(mount({ answer: EMPTY })).click();
    const { kind, ...card } = DIAGNOSED;
    expect(Diagnosis.open).toHaveBeenCalledWith(
      expect.objectContaining({ label: 'Diagnose Offers', cardTitle: 'Offers', kind, card })
    );
  });

  it('shows itself to an administrator where it hides from others, and says so', () => {
    const element = mount({ answer: EMPTY, hideWhenEmpty: true });
    expect(find(element, '.why__hidden').textContent).toMatch(/^Only administrators see this card/);
    expect(find(mount({ answer: EMPTY }), '.why__hidden')).toBeNull();
  });

  it.each(['NOT_CONFIGURED', 'NO_RECORD'])('cannot be diagnosed when it is %s', (code) => {
    const element = mount({ answer: { ...EMPTY, reason: { code, parameters: {} } } });
    expect(headerButtonOf(element)).toBeNull();
    expect(whyOf(element)).toBeUndefined();
  });

  it('is accessible', async () => {
    await expect(mount({ answer: EMPTY, hideWhenEmpty: true })).toBeAccessible();
  });
});
