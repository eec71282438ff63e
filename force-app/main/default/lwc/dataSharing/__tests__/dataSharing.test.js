import { createElement } from 'lwc';
import checkPermissions from '@salesforce/apex/DataSharingController.checkPermissions';
import getRejectedRows from '@salesforce/apex/DataSharingController.getRejectedRows';
import getRuns from '@salesforce/apex/DataSharingController.getRuns';
import share from '@salesforce/apex/DataSharingController.share';
import DataSharing from 'c/dataSharing';
import { find, findAll, textOf } from 'test/shadow';

jest.mock(
  '@salesforce/apex/DataSharingController.checkPermissions',
  () => ({ __esModule: true, default: jest.fn() }),
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/DataSharingController.getRejectedRows',
  () => ({ __esModule: true, default: jest.fn() }),
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/DataSharingController.getRuns',
  () => ({ __esModule: true, default: jest.fn() }),
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/DataSharingController.share',
  () => ({ __esModule: true, default: jest.fn() }),
  { virtual: true }
);

const DONE = { id: '7', direction: 'push', state: 'done', startedAt: '2026-11-28T19:50:00Z' };
const RUNNING = { id: '8', direction: 'push', state: 'running', startedAt: '2026-11-28T19:59:00Z' };

const faultOf = (code) => ({
  body: { message: JSON.stringify({ code, message: 'In English.', correlationId: 'c-1' }) }
});

/** Let everything happen that needs no time. */
const settle = () => jest.advanceTimersByTimeAsync(0);
const noticeOf = (element) => find(element, '.notice').textContent;

async function mount(runs = [DONE]) {
  getRuns.mockResolvedValue(runs);
  const element = createElement('c-data-sharing', { is: DataSharing });
  document.body.appendChild(element);
  await settle();
  return element;
}

const button = (element, action) => find(element, `[data-action="${action}"]`);
const runsOf = (element) => findAll(element, 'c-sharing-run').map(({ run }) => run.id);

async function press(element, action) {
  button(element, action).click();
  await settle();
}

describe('c-data-sharing', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.resetAllMocks();
  });
  afterEach(() => {
    document.body.replaceChildren();
    jest.useRealTimers();
  });

  it('lists the latest runs', async () => {
    const element = await mount([RUNNING, DONE]);
    expect(runsOf(element)).toEqual(['8', '7']);
    jest.useRealTimers();
    await expect(element).toBeAccessible();
  });

  it('says what to do first when there was none', async () => {
    const element = await mount([]);
    expect(textOf(element)).toContain('Nothing has been shared yet.');
    expect(button(element, 'share').disabled).toBe(false);
  });

  it('lets a run of its own begin once the last has ended', async () => {
    expect(button(await mount([RUNNING, DONE]), 'share').disabled).toBe(true);
    expect(button(await mount([DONE]), 'share').disabled).toBe(false);
  });

  it('begins on request, says so, and shows the new run', async () => {
    const element = await mount();
    share.mockResolvedValue(undefined);
    getRuns.mockResolvedValue([RUNNING, DONE]);
    await press(element, 'share');
    expect(share).toHaveBeenCalledTimes(1);
    expect(noticeOf(element)).toBe('Sharing has begun.');
    expect(runsOf(element)).toEqual(['8', '7']);
  });

  it('means the same run when the same click is tried again', async () => {
    const element = await mount();
    share.mockRejectedValueOnce(faultOf('SERVICE_UNREACHABLE')).mockResolvedValueOnce(undefined);
    await press(element, 'share');
    find(element, 'c-fault-panel').dispatchEvent(new CustomEvent('retry'));
    await settle();
    const [[first], [second]] = share.mock.calls;
    expect(first.key).toMatch(/^[0-9a-f]{32}$/);
    expect(second.key).toBe(first.key);
    expect(find(element, 'c-fault-panel')).toBeNull();
  });

  it('goes on with the newest run that stopped, unless that takes another decision', async () => {
    const stopped = { ...DONE, state: 'stopped', code: 'API_LIMIT' };
    const element = await mount([DONE, { ...stopped, id: '6' }, { ...stopped, id: '5' }]);
    const offered = findAll(element, 'c-sharing-run').map(({ canResume }) => canResume);
    expect(offered).toEqual([false, true, false]);
    share.mockResolvedValue(undefined);
    findAll(element, 'c-sharing-run')[1].dispatchEvent(new CustomEvent('resume'));
    await settle();
    expect(share).toHaveBeenCalledWith(expect.objectContaining({ action: 'resume' }));
    element.remove();
    const braked = await mount([{ ...stopped, id: '8', code: 'BRAKE' }, stopped]);
    expect(findAll(braked, 'c-sharing-run').some(({ canResume }) => canResume)).toBe(false);
  });

  it('says that another run is under way', async () => {
    const element = await mount();
    share.mockRejectedValue(faultOf('RUN_IN_PROGRESS'));
    await press(element, 'share');
    expect(noticeOf(element)).toContain('under way already');
    expect(find(element, 'c-fault-panel')).toBeNull();
  });

  it('follows a run until it has ended', async () => {
    const element = await mount([RUNNING]);
    getRuns.mockResolvedValue([{ ...RUNNING, state: 'done' }]);
    await jest.advanceTimersByTimeAsync(4_000);
    expect(find(element, 'c-sharing-run').run.state).toBe('done');
    expect(noticeOf(element)).toBe('');
    element.remove();
    getRuns.mockClear();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(getRuns).not.toHaveBeenCalled();
  });

  it('names what stands in the way', async () => {
    const element = await mount();
    checkPermissions.mockResolvedValue([
      { code: 'FIELD_NOT_VISIBLE', field: 'Title', message: 'Contact.Title is not visible.' },
      { code: 'API_LIMIT', field: null, message: 'Only 3 calls are left.' }
    ]);
    await press(element, 'check');
    expect(findAll(element, '.findings li').map((item) => item.textContent)).toEqual([
      'Contact.Title is not visible.',
      'Only 3 calls are left.'
    ]);
    jest.useRealTimers();
    await expect(element).toBeAccessible();
  });

  it('says when nothing does', async () => {
    const element = await mount();
    checkPermissions.mockResolvedValue([]);
    await press(element, 'check');
    expect(noticeOf(element)).toContain('Nothing stands in the way');
    expect(find(element, '.findings')).toBeNull();
  });

  it('lets rejected rows be kept as a file', async () => {
    const kept = [];
    URL.createObjectURL = jest.fn((blob) => kept.push(blob) && 'blob:file');
    URL.revokeObjectURL = jest.fn();
    const click = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    const element = await mount();
    getRejectedRows.mockResolvedValue('object,recordId\r\n');
    find(element, 'c-sharing-run').dispatchEvent(
      new CustomEvent('download', { detail: { runId: '7' } })
    );
    await settle();
    expect(getRejectedRows).toHaveBeenCalledWith({ runId: '7' });
    expect(kept[0].size).toBe('object,recordId\r\n'.length);
    expect(click.mock.instances[0].download).toBe('rejected-7.csv');
    expect(URL.revokeObjectURL).toHaveBeenCalledWith('blob:file');
    click.mockRestore();
  });

  it('says that it is not set up, and asks no more', async () => {
    getRuns.mockRejectedValue(faultOf('NOT_CONFIGURED'));
    const element = createElement('c-data-sharing', { is: DataSharing });
    document.body.appendChild(element);
    await settle();
    expect(noticeOf(element)).toContain('not set up for this org');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(getRuns).toHaveBeenCalledTimes(1);
  });

  it('shows what went wrong, and asks again on request', async () => {
    getRuns.mockRejectedValueOnce(faultOf('SERVICE_UNREACHABLE'));
    getRuns.mockResolvedValue([DONE]);
    const element = createElement('c-data-sharing', { is: DataSharing });
    document.body.appendChild(element);
    await settle();
    const panel = find(element, 'c-fault-panel');
    expect(panel.fault).toEqual({
      code: 'SERVICE_UNREACHABLE',
      message: 'In English.',
      correlationId: 'c-1'
    });
    panel.dispatchEvent(new CustomEvent('retry'));
    await settle();
    expect(runsOf(element)).toEqual(['7']);
  });
});
