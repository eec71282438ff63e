import { fillLabel } from 'c/fillLabel';
import DAYS from '@salesforce/label/c.Personalization_Age_Days';
import HOURS from '@salesforce/label/c.Personalization_Age_Hours';
import MINUTES from '@salesforce/label/c.Personalization_Age_Minutes';
import MOMENT from '@salesforce/label/c.Personalization_Age_Moment';
import UNKNOWN from '@salesforce/label/c.Personalization_Age_Unknown';

const MINUTE = 60_000; // milliseconds
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Returns how old an answer is, as in "as of 12 min ago".
 * `asOf` is ISO 8601, `now` milliseconds since 1970; a browser clock that runs late counts as zero.
 */
export function ageSentence(asOf, now = Date.now()) {
  const age = now - Date.parse(asOf);
  if (Number.isNaN(age)) {
    return UNKNOWN;
  }
  if (age < MINUTE) {
    return MOMENT;
  }
  if (age < HOUR) {
    return fillLabel(MINUTES, Math.floor(age / MINUTE));
  }
  return age < DAY
    ? fillLabel(HOURS, Math.floor(age / HOUR))
    : fillLabel(DAYS, Math.floor(age / DAY));
}
