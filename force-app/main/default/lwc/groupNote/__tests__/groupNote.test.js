import { createElement } from 'lwc';
import GroupNote from 'c/groupNote';
import { textOf } from 'test/shadow';

function say(people) {
  const element = createElement('c-group-note', { is: GroupNote });
  element.people = people;
  document.body.appendChild(element);
  return textOf(element);
}

describe('c-group-note', () => {
  afterEach(() => document.body.replaceChildren());

  it('says how many of the people are known', () => {
    expect(say({ asked: 5, known: 2, leftOut: 0 })).toBe('Personalization knows 2 of 5 people.');
  });

  it('says how many were left out, and who comes first', () => {
    expect(say({ asked: 200, known: 2, leftOut: 17 })).toMatch(/ 17 more are left out: those/);
    expect(say({ asked: 200, known: 2, leftOut: 2000 })).toMatch(/ 2,000 or more are left out/);
  });
});
