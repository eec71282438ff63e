import { createElement } from 'lwc';
import HottestPeople from 'c/hottestPeople';
import { find } from 'test/shadow';

function cardOf(properties) {
  const element = createElement('c-hottest-people', { is: HottestPeople });
  Object.assign(element, properties);
  document.body.appendChild(element);
  return find(element, 'c-people-card');
}

describe('c-hottest-people', () => {
  afterEach(() => document.body.replaceChildren());

  it('hands what App Builder sets to the card', () => {
    const card = cardOf({ userIdentifier: 'Email', maxPeople: 3, consentField: 'Agrees__c' });
    expect(card.cardTitle).toBe('Hottest People');
    expect([card.userIdentifier, card.maxPeople, card.consentField, card.isOwn]).toEqual([
      'Email',
      3,
      'Agrees__c',
      false
    ]);
  });

  it('takes another title', () => {
    expect(cardOf({ title: 'Call today' }).cardTitle).toBe('Call today');
  });
});
