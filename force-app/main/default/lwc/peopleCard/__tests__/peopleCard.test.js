import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getHottestOfAccount from '@salesforce/apex/HottestPeopleController.getHottestOfAccount';
import getMyHottest from '@salesforce/apex/HottestPeopleController.getMyHottest';
import PeopleCard from 'c/peopleCard';
import { find, findAll, textOf } from 'test/shadow';

jest.mock(
  '@salesforce/apex/HottestPeopleController.getHottestOfAccount',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/HottestPeopleController.getMyHottest',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true }
);
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn(() => Promise.resolve()) }), {
  virtual: true
});

const SETTINGS = {
  cardTitle: 'Hottest People',
  userIdentifier: 'Contact.Email',
  identityType: 'emailAddress',
  personalizationDataset: 'retail'
};
const ADA = { recordId: '003000000000001AAA', objectApiName: 'Contact', name: 'Ada Ashdown' };
const BEN = { recordId: '003000000000002AAA', objectApiName: 'Contact', name: 'Ben Birchall' };
const PEOPLE = {
  state: 'ok',
  asOf: '2026-11-21T10:00:00Z',
  stale: false,
  ofPeople: { asked: 5, known: 2, leftOut: 0 },
  active: 1,
  people: [
    {
      links: [{ ...ADA, engagement: 81.6 }],
      heat: 'hot',
      lastActivity: '2026-11-21T09:59:30Z',
      recentEvents: 7,
      summary: { code: 'ACTIVE_NOW', parameters: { minutes: '3', purchases: '0' } }
    },
    {
      links: [BEN, ADA],
      heat: 'quiet',
      lastActivity: '2026-10-01T09:59:30Z',
      recentEvents: 0,
      summary: { code: 'LAST_ACTIVE', parameters: { days: '51' } }
    }
  ]
};
const NOBODY = { state: 'empty', reason: { code: 'NO_CONTACTS', parameters: {} }, people: [] };

function mount(properties = { recordId: '001000000000001AAA' }) {
  const element = createElement('c-people-card', { is: PeopleCard });
  Object.assign(element, { ...SETTINGS, ...properties });
  document.body.appendChild(element);
  return element;
}

async function answered(given = PEOPLE, properties = undefined) {
  const element = mount(properties);
  (properties?.isOwn ? getMyHottest : getHottestOfAccount).emit(given);
  await Promise.resolve();
  return element;
}

const stateOf = (element) => find(element, '[data-state]').dataset.state;

describe('c-people-card', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  it('asks for the contacts of the account', async () => {
    mount();
    await Promise.resolve();
    expect(getHottestOfAccount.getLastConfig()).toEqual({
      accountId: '001000000000001AAA',
      userIdentifier: 'Contact.Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      maxPeople: 5,
      consentField: null
    });
  });

  it('asks for the people of the viewer, with leads unless they are left out', async () => {
    mount({ isOwn: true, userIdentifier: 'Email', leaveOutLeads: true, consentField: 'Agrees__c' });
    await Promise.resolve();
    expect(getMyHottest.getLastConfig()).toEqual({
      userIdentifier: 'Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      maxPeople: 5,
      isWithLeads: false,
      consentField: 'Agrees__c'
    });
  });

  it('names each person with heat, sentence and figures, and leads to the records', async () => {
    const element = await answered();
    expect(stateOf(element)).toBe('content');
    const [first, second] = findAll(element, 'li').map((row) => row.textContent);
    expect(first).toMatch(/Hot now.*Active 3 minutes ago\..*7 events in 7 days · Engagement 82 %/s);
    expect(second).toMatch(/Quiet.*Last active 51 days ago/s);
    expect(second).not.toMatch(/events/);
    expect(findAll(element, 'c-record-link').map(({ link }) => link.name)).toEqual([
      'Ada Ashdown',
      'Ben Birchall',
      'Ada Ashdown'
    ]);
    expect(find(element, 'c-group-note').people).toEqual(PEOPLE.ofPeople);
  });

  it('draws grey places until the answer is there', () => {
    const element = mount();
    expect(stateOf(element)).toBe('loading');
    expect(findAll(element, 'li')).toHaveLength(3);
  });

  it('says why there is nobody', async () => {
    const element = await answered(NOBODY);
    expect(stateOf(element)).toBe('empty');
    expect(textOf(element)).toMatch(/No contact of this account/);
  });

  it('says what an administrator left out', () => {
    const element = mount({ recordId: '001000000000001AAA', userIdentifier: '' });
    expect(textOf(element)).toMatch(/User Identifier/);
  });

  it('hides itself when it is empty, if it is to', async () => {
    const properties = { recordId: '001000000000001AAA', hideWhenEmpty: true };
    const element = await answered(NOBODY, properties);
    expect(find(element, '[data-state]')).toBeFalsy();
  });

  it('tells a failure, and keeps what it had with its age', async () => {
    const element = mount();
    getHottestOfAccount.error({ message: JSON.stringify({ code: 'SERVICE_UNREACHABLE' }) });
    await Promise.resolve();
    expect(stateOf(element)).toBe('fault');
    getHottestOfAccount.emit(PEOPLE);
    await Promise.resolve();
    getHottestOfAccount.error({ message: JSON.stringify({ code: 'SERVICE_UNREACHABLE' }) });
    await Promise.resolve();
    expect(stateOf(element)).toBe('content');
    expect(find(element, '.stale')).toBeTruthy();
  });

  it('never shows one account the people of another', async () => {
    const element = await answered();
    element.recordId = '001000000000002AAA';
    await Promise.resolve();
    expect(stateOf(element)).toBe('loading');
  });

  it('asks again when the reader wants to', async () => {
    const element = await answered();
    find(element, 'c-personalization-card').dispatchEvent(new CustomEvent('refresh'));
    expect(refreshApex).toHaveBeenCalledTimes(1);
  });

  it('is accessible', async () => {
    await expect(await answered()).toBeAccessible();
  });
});
