import { createElement } from 'lwc';
import PersonLines from 'c/personLines';
import { findAll } from 'test/shadow';

const PERSON = {
  segments: ['VIP', 'Newsletter'],
  engagement: 121,
  engagementScale: 'index',
  firstActivity: '2025-03-03T20:00:00Z',
  lastActivity: '2026-11-21T20:00:00Z',
  visits: 34
};

function mount(person) {
  const element = createElement('c-person-lines', { is: PersonLines });
  element.person = person;
  document.body.appendChild(element);
  return element;
}

const textsOf = (element, selector) =>
  findAll(element, selector).map(({ textContent }) => textContent);

describe('c-person-lines', () => {
  afterEach(() => document.body.replaceChildren());

  it('draws what was looked up', async () => {
    const element = mount(PERSON);
    expect(textsOf(element, 'dt')).toEqual([
      'Engagement',
      'Visits',
      'First activity',
      'Last activity'
    ]);
    expect(textsOf(element, 'dd')).toEqual(['121', '34', 'Mar 3, 2025', 'Nov 21, 2026']);
    expect(textsOf(element, 'li')).toEqual(['VIP', 'Newsletter']);
    await expect(element).toBeAccessible();
  });

  it('reads the other scale of engagement as a percentage', () => {
    const element = mount({ engagement: 0.62, engagementScale: 'fraction' });
    expect(textsOf(element, 'dd')).toEqual(['62%']);
  });

  it('leaves out what is missing and keeps a zero', () => {
    const element = mount({ segments: [], engagement: 0, firstActivity: null, visits: null });
    expect(textsOf(element, 'dd')).toEqual(['0']);
    expect(findAll(element, 'ul')).toEqual([]);
  });

  it.each([{}, { segments: null }])('draws nothing of %p', async (person) => {
    const element = mount(person);
    expect(findAll(element, '*')).toEqual([]);
    await expect(element).toBeAccessible();
  });
});
