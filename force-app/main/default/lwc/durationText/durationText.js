import LOCALE from '@salesforce/i18n/locale';

const UNITS = [
  ['day', 86_400], // seconds
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1]
];

/** Returns `milliseconds` in its two largest units and the reader's language, as in "1 hr 5 min". */
export function durationText(milliseconds) {
  return inUnits(milliseconds, 2); // nobody reads the seconds of a day
}

/** The same in its largest unit alone, as in "1 hr". */
export function roughDurationText(milliseconds) {
  return inUnits(milliseconds, 1);
}

function inUnits(milliseconds, most) {
  let rest = milliseconds > 0 ? Math.max(1, Math.round(milliseconds / 1_000)) : 0;
  const first = UNITS.findIndex(([, length]) => rest >= length);
  if (first < 0) {
    return unitText(0, 'second');
  }
  const texts = UNITS.slice(first, first + most).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count && unitText(count, unit);
  });
  return texts.filter(Boolean).join(' ');
}

function unitText(count, unit) {
  return new Intl.NumberFormat(LOCALE, { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}
