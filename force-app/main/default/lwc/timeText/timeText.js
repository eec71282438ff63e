import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';

const MINUTE = 60_000; // milliseconds
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ISO_DAY = format({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv-SE');
const CLOCK = format({ hour: 'numeric', minute: '2-digit' });
const MOMENT = format({ dateStyle: 'full', timeStyle: 'medium' });
const DATE = format({ dateStyle: 'medium' });
const DAY_OF_YEAR = format({ weekday: 'long', day: 'numeric', month: 'long' });
const DAY_OF_ANY_YEAR = format({ day: 'numeric', month: 'long', year: 'numeric' });
const AGO = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'short' });
const NAMED_DAY = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });

/** Times are ISO 8601 texts, `now` is milliseconds since 1970; all days are those of the reader's time zone. */

/** How long ago on the reader's own day, as in "3 min ago"; the clock, as in "14:05", on any other. */
export function agoText(time, now) {
  const age = Math.max(0, now - Date.parse(time)); // a browser clock that runs late counts as zero
  if (age < MINUTE) {
    return AGO.format(0, 'second');
  }
  if (dayOf(time) !== dayOf(now)) {
    return CLOCK.format(new Date(time));
  }
  return age < HOUR
    ? AGO.format(-Math.floor(age / MINUTE), 'minute')
    : AGO.format(-Math.floor(age / HOUR), 'hour');
}

/** The day as "2026-11-21": events of one day have the same. */
export function dayOf(time) {
  return ISO_DAY.format(new Date(time));
}

/** The day in words: today, yesterday, Thursday 19 November, 3 March 2025. */
export function dayText(time, now) {
  const days = Math.round((Date.parse(dayOf(time)) - Date.parse(dayOf(now))) / DAY);
  if (days === 0 || days === -1) {
    return NAMED_DAY.format(days, 'day');
  }
  const isThisYear = dayOf(time).slice(0, 4) === dayOf(now).slice(0, 4);
  return (isThisYear ? DAY_OF_YEAR : DAY_OF_ANY_YEAR).format(new Date(time));
}

/** The clock, as in "14:05". */
export function clockText(time) {
  return CLOCK.format(new Date(time));
}

/** Date and clock in full, for whoever wants to know exactly. */
export function momentText(time) {
  return MOMENT.format(new Date(time));
}

export function dateText(time) {
  return DATE.format(new Date(time));
}

function format(options, locale = LOCALE) {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: TIME_ZONE });
}
