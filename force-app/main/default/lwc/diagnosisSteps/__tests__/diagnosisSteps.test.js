import { createElement } from 'lwc';
import DiagnosisSteps from 'c/diagnosisSteps';
import { find, findAll, textOf } from 'test/shadow';

const STEPS = [
  { step: 'identifier', state: 'ok', code: 'IDENTIFIER_FOUND', parameters: { field: 'Email' } },
  {
    step: 'items',
    state: 'warning',
    code: 'ITEMS_REFUSED',
    parameters: { count: '1', links: '2' }
  },
  {
    step: 'filters',
    state: 'failed',
    code: 'ALL_DECLINED',
    parameters: { count: '1', days: '30' }
  },
  { step: 'shown', state: 'skipped', code: null, message: null, parameters: {}, next: null }
];

function mount() {
  const element = createElement('c-diagnosis-steps', { is: DiagnosisSteps });
  element.steps = STEPS;
  document.body.appendChild(element);
  return element;
}

describe('c-diagnosis-steps', () => {
  afterEach(() => document.body.replaceChildren());

  it('draws each step in order with its sign', () => {
    const element = mount();
    expect(findAll(element, '.name').map(({ textContent }) => textContent)).toEqual([
      'Identifier on the record',
      'Items',
      'Filters',
      'Shown'
    ]);
    expect(findAll(element, 'lightning-icon').map((icon) => icon.alternativeText)).toEqual([
      'Fine',
      'Works, but look at it',
      'Fails here',
      'Not reached'
    ]);
  });

  it('marks the step that fails and says what to do about it', () => {
    const failed = findAll(mount(), '.step_failed');
    expect(failed.map(({ dataset }) => dataset.step)).toEqual(['filters']);
    expect(failed[0].textContent).toMatch(/What to do: *Declined items come back 30 days/);
  });

  it('says of a step that was not reached only that', () => {
    const element = mount();
    expect(find(element, '[data-step="shown"]').textContent).toContain('Not reached');
    expect(findAll(element, '.advice')).toHaveLength(2);
    expect(textOf(element)).toContain('Email of this record names a person.');
  });

  it('is accessible', async () => {
    await expect(mount()).toBeAccessible();
  });
});
