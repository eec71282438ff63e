import LANGUAGE from '@salesforce/i18n/lang';
import LOCALE from '@salesforce/i18n/locale';
import { fillLabel } from 'c/fillLabel';

const PLURAL = new Intl.PluralRules(LANGUAGE);
const NUMBER = new Intl.NumberFormat(LOCALE);

/** Returns `count` inside the label that fits it: `one` ("{0} view") or `several` ("{0} views"). */
export function countText(count, one, several, ...values) {
  const label = PLURAL.select(count) === 'one' ? one : several;
  return fillLabel(label, numberText(count), ...values);
}

/** Returns `count` as the reader writes numbers. */
export function numberText(count) {
  return NUMBER.format(count);
}
