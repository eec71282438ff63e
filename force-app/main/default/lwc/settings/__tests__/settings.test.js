import { createElement } from 'lwc';
import getSettings from '@salesforce/apex/SettingsController.getSettings';
import Settings from 'c/settings';
import { find, findAll } from 'test/shadow';

jest.mock(
  '@salesforce/apex/SettingsController.getSettings',
  () => ({ __esModule: true, default: jest.fn() }),
  { virtual: true }
);

const SECTIONS = [
  { path: '', settings: [{ name: 'org_id', values: ['00D'], secret: null }] },
  {
    path: 'datasets.retail',
    settings: [
      { name: 'catalog_types', values: ['Product', 'Category'], secret: null },
      { name: 'write_key', values: [], secret: 'env' },
      { name: 'other_key', values: [], secret: 'file' }
    ]
  }
];

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    // eslint-disable-next-line no-await-in-loop
    await Promise.resolve();
  }
};

async function mount() {
  const element = createElement('c-settings', { is: Settings });
  document.body.appendChild(element);
  await settled();
  return element;
}

describe('c-settings', () => {
  beforeEach(() => jest.resetAllMocks());
  afterEach(() => document.body.replaceChildren());

  it('shows the file table by table, and of secrets where they come from', async () => {
    getSettings.mockResolvedValue(SECTIONS);
    const element = await mount();
    expect(findAll(element, 'h3').map((each) => each.textContent)).toEqual([
      'This Org',
      'datasets.retail'
    ]);
    expect(findAll(element, 'dd').map((each) => each.textContent)).toEqual([
      '00D',
      'Product, Category',
      'set, from the environment',
      'set, from a file'
    ]);
    await expect(element).toBeAccessible();
  });

  it('hands a fault over, and asks again on request', async () => {
    getSettings.mockRejectedValueOnce({ body: { message: '{"code":"NOT_CONNECTED"}' } });
    const element = await mount();
    const section = find(element, 'c-setup-section');
    expect(section.fault.code).toBe('NOT_CONNECTED');
    getSettings.mockResolvedValue(SECTIONS);
    section.dispatchEvent(new CustomEvent('refresh'));
    await settled();
    expect(section.fault).toBeUndefined();
    expect(section.hasAnswer).toBe(true);
  });
});
