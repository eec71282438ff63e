import { createElement } from 'lwc';
import reportImpressions from '@salesforce/apex/OfferResponseController.reportImpressions';
import respond from '@salesforce/apex/OfferResponseController.respond';
import OfferFlow from 'c/offerFlow';
import OfferList from 'c/offerList';
import { find, findAll } from 'test/shadow';
import ITEMS from './data/items.json';

jest.mock(
  '@salesforce/apex/OfferResponseController.reportImpressions',
  () => ({ default: jest.fn(() => Promise.resolve()) }),
  { virtual: true }
);
jest.mock('@salesforce/apex/OfferResponseController.respond', () => ({ default: jest.fn() }), {
  virtual: true
});
jest.mock('c/offerFlow', () => ({ __esModule: true, default: { open: jest.fn() } }));
const mockNavigated = jest.fn();
jest.mock('lightning/navigation', () => {
  const Navigate = Symbol('Navigate');
  const NavigationMixin = (Base) =>
    class extends Base {
      [Navigate](reference) {
        mockNavigated(reference);
      }
    };
  NavigationMixin.Navigate = Navigate;
  return { NavigationMixin };
});

const LOOK = {
  recordId: '003000000000001AAA',
  userIdentifier: 'Email',
  identityType: 'emailAddress',
  dataset: 'retail',
  viewId: 'view-1',
  contentZone: null
};
const SETTINGS = { declineReasons: 'Too expensive;  Bad time ; ;' };

let observer;
class Observer {
  constructor(tell) {
    this.tell = tell;
    this.watched = [];
    observer = this;
  }
  observe(element) {
    this.watched.push(element);
  }
  unobserve() {}
  disconnect() {}
}

const toasts = jest.fn();

function mount(properties = {}) {
  const element = createElement('c-offer-list', { is: OfferList });
  Object.assign(element, { kind: 'promotion', look: LOOK, items: ITEMS, settings: SETTINGS });
  Object.assign(element, properties);
  element.addEventListener('lightning__showtoast', ({ detail }) => toasts(detail));
  document.body.appendChild(element);
  return element;
}

const settled = () => new Promise(process.nextTick);
const answersOf = (element) => findAll(element, 'c-offer-response');

async function give(element, place, answer, reason = null) {
  answersOf(element)[place].dispatchEvent(
    new CustomEvent('respond', { detail: { answer, reason } })
  );
  await settled();
}

function answering(status) {
  respond.mockResolvedValueOnce({ id: 'a0R', status, detail: null, correlationId: 'c-7' });
}

describe('c-offer-list', () => {
  beforeEach(() => {
    global.IntersectionObserver = Observer;
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
    jest.useRealTimers();
  });

  it('asks for an answer about each item, with the reasons of the administrator', () => {
    const [first, second] = answersOf(mount());
    expect(first.itemName).toBe('Spring tea set');
    expect(second.itemName).toBe('Ask about the last delivery');
    expect(first.reasons).toEqual(['Too expensive', 'Bad time']);
  });

  it('asks for nothing where the administrator removed the buttons, or there is no item yet', () => {
    expect(answersOf(mount({ settings: { isRemoved: true } }))).toEqual([]);
    const loading = mount({ items: undefined, places: 2 });
    expect(findAll(loading, 'c-promotion-tile')).toHaveLength(2);
    expect(answersOf(loading)).toEqual([]);
  });

  it('reports in one call what was on screen, without what Apex need not know', async () => {
    jest.useFakeTimers();
    mount();
    observer.tell(observer.watched.map((target) => ({ target, isIntersecting: true })));
    await jest.advanceTimersByTimeAsync(1_100);
    expect(reportImpressions).toHaveBeenCalledTimes(1);
    const [{ view, offers }] = reportImpressions.mock.calls[0];
    expect(view).toEqual(LOOK);
    expect(offers.map(({ id }) => id)).toEqual(['spring-tea', 'call-back']);
    expect(offers[0]).toEqual({
      itemType: 'Promotion',
      id: 'spring-tea',
      name: 'Spring tea set',
      campaignId: 'c1',
      campaignName: 'CRM promotions',
      experienceId: 'e1',
      userGroup: 'Default'
    });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(reportImpressions).toHaveBeenCalledTimes(1);
  });

  it('watches nothing where impressions are withheld', () => {
    observer = undefined;
    mount({ settings: { withholdImpressions: true } });
    expect(observer?.watched ?? []).toEqual([]);
  });

  it('reports opened details once, whatever becomes of it', async () => {
    answering('Sent');
    const element = mount();
    const [tile] = findAll(element, 'c-promotion-tile');
    tile.dispatchEvent(new CustomEvent('details'));
    await settled();
    tile.dispatchEvent(new CustomEvent('details'));
    await settled();
    expect(respond).toHaveBeenCalledTimes(1);
    expect(respond.mock.calls[0][0]).toMatchObject({
      answer: 'Details',
      offer: { id: 'spring-tea' }
    });
    expect(answersOf(element)[0].response.status).toBeUndefined();
  });

  it('tells the tile what became of an answer', async () => {
    answering('Pending');
    const element = mount();
    await give(element, 1, 'Accepted');
    expect(respond.mock.calls[0][0]).toEqual({
      view: LOOK,
      offer: expect.objectContaining({ id: 'call-back' }),
      answer: 'Accepted',
      reason: null
    });
    const [first, second] = answersOf(element);
    expect(first.response).toBeUndefined();
    expect(second.response).toMatchObject({
      saving: false,
      saved: ['Accepted'],
      status: 'Pending'
    });
  });

  it('tells the tile that an answer was not saved', async () => {
    respond.mockRejectedValueOnce({
      body: { message: JSON.stringify({ code: 'RESPONSE_NOT_SAVED', message: 'No access' }) }
    });
    const element = mount();
    await give(element, 0, 'Declined', 'Bad time');
    expect(answersOf(element)[0].response).toMatchObject({
      saving: false,
      saved: [],
      fault: { code: 'RESPONSE_NOT_SAVED' }
    });
    expect(toasts).not.toHaveBeenCalled();
  });

  it.each([
    ['Sent', 'success', /stays away/],
    ['Pending', 'warning', /will be told later/],
    ['Failed', 'warning', /did not take it/]
  ])('gives a declined offer away with a message: %s', async (status, variant, message) => {
    answering(status);
    const element = mount();
    const declined = jest.fn();
    element.addEventListener('declined', ({ detail }) => declined(detail));
    await give(element, 0, 'Declined', 'Bad time');
    expect(declined.mock.calls[0][0]).toMatchObject({ offer: { id: 'spring-tea' }, status });
    expect(toasts.mock.calls[0][0]).toMatchObject({
      title: 'Declined: Spring tea set',
      message: expect.stringMatching(message),
      variant
    });
  });

  it('forgets the answers of another look at the record', async () => {
    answering('CRM Only');
    const element = mount();
    await give(element, 0, 'Offered');
    expect(answersOf(element)[0].response.saved).toEqual(['Offered']);
    element.look = { ...LOOK, viewId: 'view-2' };
    await settled();
    expect(answersOf(element)[0].response).toBeUndefined();
  });

  it('opens the address of the administrator when the offer is accepted, whether it can be saved or not', async () => {
    respond.mockRejectedValueOnce(new Error('down'));
    const acceptUrl = 'https://crm.example/new?item={itemId}&who={recordId}';
    await give(mount({ settings: { acceptUrl } }), 0, 'Accepted');
    expect(mockNavigated.mock.calls).toEqual([
      [
        {
          type: 'standard__webPage',
          attributes: { url: `https://crm.example/new?item=spring-tea&who=${LOOK.recordId}` }
        }
      ]
    ]);
  });

  it('starts the Flow of the administrator when the offer is accepted', async () => {
    answering('Sent');
    await give(mount({ settings: { acceptFlow: 'Make_Order' } }), 0, 'Accepted');
    const [{ flowName, inputs }] = OfferFlow.open.mock.calls[0];
    expect(flowName).toBe('Make_Order');
    expect(inputs).toEqual([
      { name: 'recordId', type: 'String', value: LOOK.recordId },
      { name: 'itemId', type: 'String', value: 'spring-tea' },
      { name: 'itemType', type: 'String', value: 'Promotion' },
      { name: 'itemName', type: 'String', value: 'Spring tea set' },
      { name: 'campaignId', type: 'String', value: 'c1' }
    ]);
  });

  it('launches nothing after another answer, or to an unsafe address', async () => {
    const settings = { acceptUrl: 'http://crm.example', acceptFlow: '' };
    answering('Sent');
    await give(mount({ settings }), 0, 'Accepted');
    answering('CRM Only');
    await give(mount({ settings: { acceptFlow: 'Make_Order' } }), 0, 'Offered');
    expect(mockNavigated).not.toHaveBeenCalled();
    expect(OfferFlow.open).not.toHaveBeenCalled();
  });

  it('draws recommendations with answers, too', () => {
    const element = mount({ kind: 'recommendation' });
    expect(findAll(element, 'c-recommendation-tile')).toHaveLength(2);
    expect(answersOf(element)).toHaveLength(2);
    expect(find(element, 'ul').className).toBe('tiles tiles_recommendation');
  });

  it('is accessible', async () => {
    await expect(mount()).toBeAccessible();
    await expect(mount({ kind: 'recommendation' })).toBeAccessible();
  });
});
