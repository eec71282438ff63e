import { createElement } from 'lwc';
import MyHottestPeople from 'c/myHottestPeople';
import { find } from 'test/shadow';

function cardOf(properties) {
  const element = createElement('c-my-hottest-people', { is: MyHottestPeople });
  Object.assign(element, properties);
  document.body.appendChild(element);
  return find(element, 'c-people-card');
}

describe('c-my-hottest-people', () => {
  afterEach(() => document.body.replaceChildren());

  it('hands what App Builder sets to the card', () => {
    const card = cardOf({ userIdentifier: 'Email', maxPeople: 3, consentField: 'Agrees__c' });
    expect(card.cardTitle).toBe('Who Is Hot Among My Contacts');
    expect([card.userIdentifier, card.maxPeople, card.consentField, card.isOwn]).toEqual([
      'Email',
      3,
      'Agrees__c',
      true
    ]);
  });

  it('takes another title', () => {
    expect(cardOf({ title: 'Call today' }).cardTitle).toBe('Call today');
  });
});
