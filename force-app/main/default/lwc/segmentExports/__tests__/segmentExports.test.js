import { createElement } from 'lwc';
import getExports from '@salesforce/apex/SegmentExportsController.getExports';
import replay from '@salesforce/apex/SegmentExportsController.replay';
import SegmentExports from 'c/segmentExports';
import LightningConfirm from 'lightning/confirm';
import { find, findAll, textOf } from 'test/shadow';

jest.mock(
  '@salesforce/apex/SegmentExportsController.getExports',
  () => ({ __esModule: true, default: jest.fn() }),
  { virtual: true }
);

jest.mock(
  '@salesforce/apex/SegmentExportsController.replay',
  () => ({ __esModule: true, default: jest.fn() }),
  { virtual: true }
);

const SCHOOL = {
  name: 'back-to-school',
  segmentName: 'Shops for school',
  eventDefinitionKey: 'APIEvent-1',
  enterOn: 'join',
  readAt: new Date().toISOString(),
  trouble: null,
  readTrouble: null,
  entered: 1234,
  waiting: 3,
  suppressed: 2,
  failed: 0,
  undecided: 0
};

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    // eslint-disable-next-line no-await-in-loop
    await Promise.resolve();
  }
};

async function mount(...exports) {
  getExports.mockResolvedValue(exports);
  const element = createElement('c-segment-exports', { is: SegmentExports });
  document.body.appendChild(element);
  await settled();
  return element;
}

const section = (element) => find(element, 'c-setup-section');
const hintsOf = (element) => findAll(element, '.hint').map((each) => each.textContent);

describe('c-segment-exports', () => {
  beforeEach(() => jest.resetAllMocks());
  afterEach(() => document.body.replaceChildren());

  it('tells who enters what, and what became of them', async () => {
    const element = await mount(SCHOOL);
    expect(textOf(element)).toContain('Who joins Shops for school enters APIEvent-1');
    const figures = findAll(element, '.figure').map((each) => each.textContent);
    expect(figures).toEqual(['Entered1,234', 'Waiting3', 'Suppressed2', 'Failed0', 'Undecided0']);
    expect(hintsOf(element)).toEqual([]);
    await expect(element).toBeAccessible();
  });

  it('marks what needs a person, and says why', async () => {
    const element = await mount({
      ...SCHOOL,
      enterOn: 'leave',
      readAt: null,
      trouble: 'Publish the journey.',
      readTrouble: 'Rows are used up.',
      failed: 1,
      undecided: 2
    });
    expect(textOf(element)).toContain('Who leaves Shops for school');
    expect(textOf(element)).toContain('Not read yet');
    expect(findAll(element, '.figure_wrong')).toHaveLength(2);
    expect(hintsOf(element).slice(0, 2)).toEqual(['Publish the journey.', 'Rows are used up.']);
    expect(hintsOf(element)[2]).toContain('Nobody knows');
  });

  it('sends failed entries again, says how many, and shows what is left', async () => {
    const element = await mount({ ...SCHOOL, failed: 2 });
    const toasts = [];
    element.addEventListener('lightning__showtoast', ({ detail }) => toasts.push(detail));
    replay.mockResolvedValue(2);
    getExports.mockResolvedValue([SCHOOL]);
    const [button] = findAll(element, '.actions button');
    expect(button.ariaLabel).toBe('Send failed again: back-to-school');
    button.click();
    await settled();
    expect(replay).toHaveBeenCalledWith({
      name: 'back-to-school',
      state: 'failed',
      key: expect.stringMatching(/^[0-9a-f]{32}$/)
    });
    expect(toasts[0]).toMatchObject({ message: '2 will be sent again.', variant: 'success' });
    expect(findAll(element, '.actions button')).toHaveLength(0);
  });

  it('sends undecided entries again only when somebody is sure', async () => {
    const element = await mount({ ...SCHOOL, undecided: 1 });
    const press = async (isSure) => {
      LightningConfirm.open = jest.fn().mockResolvedValue(isSure);
      findAll(element, '.actions button')[0].click();
      await settled();
    };
    await press(false);
    expect(LightningConfirm.open.mock.calls[0][0].message).toContain('enters it twice');
    expect(replay).not.toHaveBeenCalled();
    await press(true);
    expect(replay).toHaveBeenCalledWith(expect.objectContaining({ state: 'undecided' }));
  });

  it('says when sending again was refused', async () => {
    const element = await mount({ ...SCHOOL, failed: 1 });
    const toasts = [];
    element.addEventListener('lightning__showtoast', ({ detail }) => toasts.push(detail));
    replay.mockRejectedValue({ body: { message: '{"code":"SERVICE_UNREACHABLE"}' } });
    findAll(element, '.actions button')[0].click();
    await settled();
    expect(toasts[0].variant).toBe('error');
    expect(section(element).isBusy).toBe(false);
  });

  it('says when no export is set up', async () => {
    const element = await mount();
    expect(section(element).isEmpty).toBe(true);
    expect(section(element).emptyText).toContain('No segment is exported');
  });

  it('hands a fault over, and asks again on request', async () => {
    getExports.mockRejectedValueOnce({ body: { message: '{"code":"SERVICE_UNREACHABLE"}' } });
    const element = createElement('c-segment-exports', { is: SegmentExports });
    document.body.appendChild(element);
    await settled();
    expect(section(element).fault.code).toBe('SERVICE_UNREACHABLE');
    getExports.mockResolvedValue([SCHOOL]);
    section(element).dispatchEvent(new CustomEvent('refresh'));
    await settled();
    expect(section(element).fault).toBeUndefined();
    expect(findAll(element, '.export')).toHaveLength(1);
  });
});
