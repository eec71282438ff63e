import { createElement } from 'lwc';
import preview from '@salesforce/apex/DiagnosisController.preview';
import ExperiencePreview from 'c/experiencePreview';
import { find, findAll, textOf } from 'test/shadow';

jest.mock('@salesforce/apex/DiagnosisController.preview', () => ({ default: jest.fn() }), {
  virtual: true
});

const CARD = { component: 'nextBest', recordId: '003', datafield: 'promos' };
const KNOWN = [{ id: 'Ex2Pm', name: 'Bought', campaignName: 'Offers' }];
const item = (id) => ({ itemType: 'Promotion', id, name: `Offer ${id}` });
const OK = { state: 'ok', items: [item('a'), item('b')], reason: null };
const empty = (code) => ({ state: 'empty', items: [], reason: { code, parameters: {} } });

function mount(properties = {}) {
  const element = createElement('c-experience-preview', { is: ExperiencePreview });
  Object.assign(element, { card: CARD, kind: 'promotion', experiences: KNOWN, ...properties });
  document.body.appendChild(element);
  return element;
}

/** Lets what was asked be answered, and drawn. */
const settled = () => [1, 2, 3, 4, 5].reduce((turns) => turns.then(), Promise.resolve());

async function show(element, answer) {
  preview.mockResolvedValueOnce(answer);
  find(element, 'lightning-button').click();
  await settled();
}

async function choose(element, value) {
  find(element, 'c-choice-select').dispatchEvent(new CustomEvent('choose', { detail: value }));
  await settled();
}

async function type(element, value) {
  const input = find(element, 'input');
  input.value = value;
  input.dispatchEvent(new CustomEvent('input'));
  await settled();
}

describe('c-experience-preview', () => {
  afterEach(() => {
    document.body.replaceChildren();
    preview.mockReset();
  });

  it('offers what Personalization has named, and any other by its id', async () => {
    const element = mount();
    expect(find(element, 'c-choice-select').options.map(({ label }) => label)).toEqual([
      'Offers: Bought (Ex2Pm)',
      'Another one, by its ID'
    ]);
    expect(find(element, 'input')).toBeNull();
    await choose(element, ' ');
    expect(find(element, 'lightning-button').disabled).toBe(true);
    await type(element, ' Ex7Ts ');
    await show(element, OK);
    expect(preview).toHaveBeenCalledWith({ card: CARD, experienceId: 'Ex7Ts' });
  });

  it('asks for an id when Personalization has named nothing', () => {
    expect(find(mount({ experiences: [] }), 'input')).not.toBeNull();
  });

  it.each([
    ['promotion', 'c-promotion-tile'],
    ['recommendation', 'c-recommendation-tile']
  ])('draws the tiles of a %s and nothing to answer with', async (kind, tile) => {
    const element = mount({ kind });
    await show(element, OK);
    expect(findAll(element, tile).map((each) => each.item.id)).toEqual(['a', 'b']);
    expect(find(element, 'c-offer-response')).toBeNull();
    expect(textOf(element)).toContain('Preview of Ex2Pm: nothing of it is counted or kept.');
  });

  it.each([
    ['EXPERIENCE_NOT_RETURNED', /did not return the experience Ex2Pm/],
    ['DEBUG_NOT_ALLOWED', /Previews are switched off/],
    ['UNKNOWN_PERSON', /does not know this person/]
  ])('says why there is nothing: %s', async (code, sentence) => {
    const element = mount();
    await show(element, empty(code));
    expect(textOf(element)).toMatch(sentence);
  });

  it('shows a fault instead of the last preview', async () => {
    const element = mount();
    await show(element, OK);
    preview.mockRejectedValueOnce({ body: { message: '{"code":"SERVICE_UNREACHABLE"}' } });
    find(element, 'lightning-button').click();
    await settled();
    expect(find(element, 'c-fault-panel').fault.code).toBe('SERVICE_UNREACHABLE');
    expect(find(element, 'c-promotion-tile')).toBeNull();
  });

  it('is accessible', async () => {
    const element = mount();
    await show(element, OK);
    await expect(element).toBeAccessible();
  });
});
