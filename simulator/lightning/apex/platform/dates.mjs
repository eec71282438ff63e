import { throwApex } from '../runtime/exceptions.mjs';
import { lacks } from '../runtime/faults.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function later(unit) {
  return (datetime, count) => new ApexDatetime(datetime.ms + count * unit);
}

function part(read) {
  return (datetime) => read(new Date(datetime.ms));
}

/** Months are added to the same day, or the last one of a shorter month. */
function addMonths(date, count) {
  const [year, month, day] = date.parts();
  const first = ApexDate.of(year, month + count, 1);
  const [toYear, toMonth] = first.parts();
  const lastDay = ApexDate.of(toYear, toMonth + 1, 0).parts()[2];
  return ApexDate.of(toYear, toMonth, Math.min(day, lastDay));
}

function shiftDatetime(datetime, months) {
  const date = ApexDate.fromMs(datetime.ms);
  return new ApexDatetime(addMonths(date, months).ms + (datetime.ms - date.ms));
}

function datetimeOf(text) {
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text);
  const read = match && ApexDatetime.parseIso(`${match[1]}T${match[2]}Z`);
  return read ?? throwApex('TypeException', `Invalid date/time: ${text}`);
}

function dateOf(text) {
  return ApexDate.parseIso(text) ?? throwApex('TypeException', `Invalid date: ${text}`);
}

const PATTERN = /'([^']*)'|yyyy|MM|dd|HH|mm|ss|SSSZ|SSS|Z|[A-Za-z]+/g;

/** A Java date pattern of the letters that ISO forms are made of. */
function format(datetime, pattern) {
  const iso = datetime.toIso();
  const parts = { yyyy: iso.slice(0, 4), MM: iso.slice(5, 7), dd: iso.slice(8, 10) };
  Object.assign(parts, { HH: iso.slice(11, 13), mm: iso.slice(14, 16), ss: iso.slice(17, 19) });
  Object.assign(parts, { SSS: iso.slice(20, 23), Z: '+0000', SSSZ: `${iso.slice(20, 23)}+0000` });
  return pattern.replace(PATTERN, (letters, quoted) => {
    return quoted ?? parts[letters] ?? lacks(`the date pattern ${letters}`);
  });
}

function newDatetime(...values) {
  if (values.length === 1) return new ApexDatetime(values[0]);
  const [year, month, day, ...time] = values;
  return new ApexDatetime(Date.UTC(year, month - 1, day, ...time));
}

const creations = Object.fromEntries(
  [1, 3, 6].map((count) => [`newInstance/${count}`, newDatetime])
);
const gmtCreations = Object.fromEntries(
  [3, 6].map((count) => [`newInstanceGmt/${count}`, newDatetime])
);

const datetimeMethods = {
  'getTime/0': (datetime) => datetime.ms,
  'addDays/1': later(DAY),
  'addHours/1': later(HOUR),
  'addMinutes/1': later(MINUTE),
  'addSeconds/1': later(SECOND),
  'addMonths/1': shiftDatetime,
  'addYears/1': (datetime, count) => shiftDatetime(datetime, 12 * count),
  'date/0': (datetime) => ApexDate.fromMs(datetime.ms),
  'dateGmt/0': (datetime) => ApexDate.fromMs(datetime.ms),
  'year/0': part((date) => date.getUTCFullYear()),
  'month/0': part((date) => date.getUTCMonth() + 1),
  'day/0': part((date) => date.getUTCDate()),
  'hour/0': part((date) => date.getUTCHours()),
  'minute/0': part((date) => date.getUTCMinutes()),
  'second/0': part((date) => date.getUTCSeconds()),
  'millisecond/0': part((date) => date.getUTCMilliseconds()),
  'format/1': format,
  'formatGmt/1': format,
  'isSameDay/1': (datetime, other) =>
    ApexDate.fromMs(datetime.ms).days === ApexDate.fromMs(other.ms).days
};

const dateMethods = {
  'addDays/1': (date, count) => new ApexDate(date.days + count),
  'addMonths/1': addMonths,
  'addYears/1': (date, count) => addMonths(date, 12 * count),
  'daysBetween/1': (date, other) => other.days - date.days,
  'year/0': (date) => date.parts()[0],
  'month/0': (date) => date.parts()[1],
  'day/0': (date) => date.parts()[2]
};

export const dateTypes = [
  new PlatformType('Datetime', {
    holds: ApexDatetime,
    statics: {
      'now/0': () => new ApexDatetime(Date.now()),
      'valueOf/1': datetimeOf,
      'valueOfGmt/1': datetimeOf,
      ...creations,
      ...gmtCreations
    },
    methods: datetimeMethods
  }),
  new PlatformType('Date', {
    holds: ApexDate,
    statics: {
      'today/0': () => ApexDate.fromMs(Date.now()),
      'valueOf/1': dateOf,
      'newInstance/3': (...parts) => ApexDate.of(...parts)
    },
    methods: dateMethods
  })
];
