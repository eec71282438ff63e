import LESS from '@salesforce/label/c.Personalization_Affinities_Less';
import MORE from '@salesforce/label/c.Personalization_Affinities_More';
import NEW from '@salesforce/label/c.Personalization_Affinities_New';
import NEW_SPOKEN from '@salesforce/label/c.Personalization_Affinities_NewSpoken';
import SAME from '@salesforce/label/c.Personalization_Affinities_Same';
import SAME_SPOKEN from '@salesforce/label/c.Personalization_Affinities_SameSpoken';
import { fillLabel } from 'c/fillLabel';

/**
 * Returns how an item differs from the period of the same length before, or null when there is
 * none (all time). `text` stands beside an arrow; `spoken` says the same in words.
 * `showBy` spells amounts, `days` is the length of the period.
 */
export function affinityChange({ amount, previousAmount }, showBy, days) {
  if (!days || !Number.isFinite(previousAmount)) {
    return null;
  }
  const difference = amount - previousAmount;
  if (difference === 0) {
    return { direction: 'same', text: SAME, spoken: fillLabel(SAME_SPOKEN, days) };
  }
  if (previousAmount === 0) {
    return { direction: 'new', text: NEW, spoken: fillLabel(NEW_SPOKEN, days) };
  }
  const size = Math.abs(difference);
  const [direction, label] = difference > 0 ? ['more', MORE] : ['less', LESS];
  const spoken = fillLabel(label, showBy.amountText(size), days);
  return { direction, text: showBy.shortText(size), spoken };
}
