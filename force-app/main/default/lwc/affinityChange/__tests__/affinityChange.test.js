import { affinityChange } from 'c/affinityChange';
import { SHOW_BY } from 'c/affinityChoices';

const [VIEWS, VIEW_TIME] = SHOW_BY;
const changeOf = (amount, previousAmount, showBy = VIEWS, days = 30) =>
  affinityChange({ amount, previousAmount }, showBy, days);

describe('c-affinity-change', () => {
  it('says how much more', () => {
    expect(changeOf(38, 26)).toEqual({
      direction: 'more',
      text: '12',
      spoken: '12 views more than in the 30 days before'
    });
  });

  it('says how much less, in the unit of the measure', () => {
    expect(changeOf(60_000, 185_000, VIEW_TIME, 7)).toEqual({
      direction: 'less',
      text: '2 min',
      spoken: '2 min 5 sec less than in the 7 days before'
    });
  });

  it('says that nothing changed', () => {
    expect(changeOf(5, 5)).toMatchObject({ direction: 'same', text: 'Same' });
  });

  it('says that an interest is new', () => {
    expect(changeOf(5, 0)).toEqual({
      direction: 'new',
      text: 'New',
      spoken: 'New: nothing in the 30 days before'
    });
  });

  it.each([null, undefined])('says nothing when the amount before is %p', (previousAmount) => {
    expect(changeOf(5, previousAmount)).toBeNull();
  });

  it('says nothing for all time, which has nothing before it', () => {
    expect(affinityChange({ amount: 5, previousAmount: 3 }, VIEWS, undefined)).toBeNull();
  });
});
