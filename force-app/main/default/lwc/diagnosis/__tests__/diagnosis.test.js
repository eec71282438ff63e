import { createElement } from 'lwc';
import diagnose from '@salesforce/apex/DiagnosisController.diagnose';
import Diagnosis from 'c/diagnosis';
import { find, findAll, textOf } from 'test/shadow';

jest.mock('@salesforce/apex/DiagnosisController.diagnose', () => ({ default: jest.fn() }), {
  virtual: true
});

const CARD = { component: 'nextBest', recordId: '003', datafield: 'promos' };
const FAILED = {
  state: 'empty',
  steps: [
    { step: 'identifier', state: 'ok', code: 'IDENTIFIER_FOUND', parameters: { field: 'Email' } },
    { step: 'campaign', state: 'failed', code: 'NO_CAMPAIGNS', parameters: {} }
  ],
  explanations: [{ campaignName: 'Spring', experienceName: '', message: 'Only for France' }],
  experiences: [],
  debugAllowed: true
};
/** Lets what was asked be answered, and drawn. */
const settled = () => [1, 2, 3, 4, 5].reduce((turns) => turns.then(), Promise.resolve());

async function mount(properties = {}) {
  const element = createElement('c-diagnosis', { is: Diagnosis });
  Object.assign(element, { card: CARD, cardTitle: 'Offers', kind: 'promotion', ...properties });
  document.body.appendChild(element);
  await settled();
  return element;
}

describe('c-diagnosis', () => {
  beforeEach(() => diagnose.mockResolvedValue(FAILED));
  afterEach(() => {
    document.body.replaceChildren();
    diagnose.mockReset();
  });

  it('asks about the card and draws the steps', async () => {
    const element = await mount();
    expect(diagnose).toHaveBeenCalledWith({ card: CARD });
    expect(find(element, 'lightning-modal-header').label).toBe('Diagnosis: Offers');
    expect(find(element, 'c-diagnosis-steps').steps).toHaveLength(2);
  });

  it('opens what Personalization says where a campaign is missing', async () => {
    const details = find(await mount(), 'details');
    expect(details.open).toBe(true);
    expect(details.textContent).toContain('Only for France');
    diagnose.mockResolvedValue({ ...FAILED, steps: FAILED.steps.slice(0, 1) });
    document.body.replaceChildren();
    expect(find(await mount(), 'details').open).toBe(false);
  });

  it('previews offers where the operator allows it, and says where not', async () => {
    expect(find(await mount(), 'c-experience-preview')).not.toBeNull();
    diagnose.mockResolvedValue({ ...FAILED, debugAllowed: false });
    document.body.replaceChildren();
    const element = await mount();
    expect(find(element, 'c-experience-preview')).toBeNull();
    expect(textOf(element)).toContain('allow_debug');
  });

  it('has nothing to preview for a card without offers', async () => {
    const element = await mount({ kind: undefined });
    expect(find(element, 'c-experience-preview')).toBeNull();
    expect(textOf(element)).not.toContain('allow_debug');
  });

  it('says which permission sets are missing, and looks again', async () => {
    diagnose.mockRejectedValueOnce({ body: { message: '{"code":"NOT_CONNECTED"}' } });
    const element = await mount();
    const panel = find(element, 'c-fault-panel');
    expect(panel.fault.code).toBe('NO_ADMINISTRATION');
    panel.dispatchEvent(new CustomEvent('retry'));
    await settled();
    expect(find(element, 'c-fault-panel')).toBeNull();
    expect(find(element, 'c-diagnosis-steps')).not.toBeNull();
    findAll(element, 'lightning-button')
      .find(({ label }) => label === 'Look again')
      .click();
    await settled();
    expect(diagnose).toHaveBeenCalledTimes(3);
  });

  it('is accessible', async () => {
    await expect(await mount()).toBeAccessible();
  });
});
