import { PlatformType, refusingNull } from '../runtime/platform-types.mjs';
import { throwApex, throwNullPointer } from '../runtime/exceptions.mjs';
import { lacks } from '../runtime/faults.mjs';
import { textOf } from '../runtime/text.mjs';
import { ApexBlob } from '../values/blob.mjs';
import { ApexList } from '../values/collections.mjs';
import { longId, isId } from '../values/ids.mjs';
import { STRING } from '../values/types.mjs';
import { objectToken } from './tokens.mjs';
import { running } from '../runtime/transaction.mjs';

const strings = (items) => new ApexList(STRING, items);
const isBlank = (text) => text === null || text.trim() === '';

/**
 * An Apex regular expression as JavaScript's. The two share what our code uses; what JavaScript
 * does not know fails loudly.
 */
function pattern(regex, flags = 'g') {
  const ignoresCase = regex.startsWith('(?i)');
  try {
    return new RegExp(ignoresCase ? regex.slice(4) : regex, `u${flags}${ignoresCase ? 'i' : ''}`);
  } catch {
    return lacks(`the regular expression ${regex}`);
  }
}

function split(text, regex, limit = 0) {
  const parts = limit > 0 ? splitUpTo(text, regex, limit) : text.split(pattern(regex));
  while (limit === 0 && parts.length > 1 && parts.at(-1) === '') parts.pop();
  return strings(parts);
}

function splitUpTo(text, regex, limit) {
  const parts = [];
  let rest = text;
  for (let match; parts.length < limit - 1 && (match = pattern(regex, '').exec(rest));) {
    parts.push(rest.slice(0, match.index));
    rest = rest.slice(match.index + match[0].length);
  }
  return [...parts, rest];
}

function substring(text, start, end = text.length) {
  if (start < 0 || end > text.length || start > end) {
    const bound =
      start < 0
        ? `Starting position out of bounds: ${start}`
        : `Ending position out of bounds: ${end}`;
    throwApex('StringException', bound);
  }
  return text.slice(start, end);
}

function between(text, open, close) {
  const start = text.indexOf(open);
  const end = text.indexOf(close, start + open.length);
  return start < 0 || end < 0 ? null : text.slice(start + open.length, end);
}

function abbreviate(text, width) {
  if (width < 4) throwApex('IllegalArgumentException', 'Minimum abbreviation width is 4');
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}

function padded(text, length, filler, method) {
  return text[method](length, filler || ' ');
}

const HTML = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** `{0}` is replaced by a value; a doubled apostrophe is one, a single one quotes. */
function format(template, values) {
  if (template === null) throwNullPointer();
  return template.replace(/''|'([^']*)'|\{(\d+)\}/g, (whole, quoted, position) => {
    if (whole === "''") return "'";
    if (quoted !== undefined) return quoted;
    return Number(position) < values.items.length ? textOf(values.items[position]) : whole;
  });
}

function join(values, separator) {
  if (values === null) throwNullPointer();
  return [...values].map(textOf).join(separator);
}

const statics = {
  'valueOf/1': (value) => (value instanceof ApexBlob ? value.bytes.toString() : textOf(value)),
  'isBlank/1': isBlank,
  'isNotBlank/1': (text) => !isBlank(text),
  'isEmpty/1': (text) => text === null || text === '',
  'isNotEmpty/1': (text) => text !== null && text !== '',
  'join/2': join,
  'format/2': format,
  'escapeSingleQuotes/1': (text) => text.replace(/\\?'/g, "\\'")
};

/** Null is an answer to these, not a fault. */
const comparing = {
  'equals/1': (text, other) => text === other,
  'equalsIgnoreCase/1': (text, other) => text.toLowerCase() === other?.toLowerCase()
};

const searching = {
  'contains/1': (text, part) => text.includes(part),
  'containsIgnoreCase/1': (text, part) => text.toLowerCase().includes(part.toLowerCase()),
  'containsAny/1': (text, letters) => [...letters].some((each) => text.includes(each)),
  'startsWith/1': (text, part) => text.startsWith(part),
  'startsWithIgnoreCase/1': (text, part) => text.toLowerCase().startsWith(part.toLowerCase()),
  'endsWith/1': (text, part) => text.endsWith(part),
  'endsWithIgnoreCase/1': (text, part) => text.toLowerCase().endsWith(part.toLowerCase()),
  'indexOf/1': (text, part) => text.indexOf(part),
  'indexOf/2': (text, part, start) => text.indexOf(part, start),
  'lastIndexOf/1': (text, part) => text.lastIndexOf(part),
  'compareTo/1': (text, other) => (text === other ? 0 : text < other ? -1 : 1),
  'isNumeric/0': (text) => /^\d+$/.test(text),
  'isAlphanumeric/0': (text) => /^[\p{L}\d]+$/u.test(text),
  'length/0': (text) => text.length,
  'charAt/1': (text, position) => text.charCodeAt(position)
};

const cutting = {
  'substring/1': substring,
  'substring/2': substring,
  'substringBefore/1': (text, part) =>
    text.includes(part) ? text.slice(0, text.indexOf(part)) : text,
  'substringAfter/1': (text, part) =>
    text.includes(part) ? text.slice(text.indexOf(part) + part.length) : '',
  'substringBeforeLast/1': (text, part) =>
    text.includes(part) ? text.slice(0, text.lastIndexOf(part)) : text,
  'substringAfterLast/1': (text, part) =>
    text.includes(part) ? text.slice(text.lastIndexOf(part) + part.length) : '',
  'substringBetween/1': (text, tag) => between(text, tag, tag),
  'substringBetween/2': between,
  'left/1': (text, length) => text.slice(0, Math.max(0, length)),
  'right/1': (text, length) => (length <= 0 ? '' : text.slice(-length)),
  'split/1': split,
  'split/2': split,
  'trim/0': (text) => text.trim(),
  'abbreviate/1': abbreviate,
  'remove/1': (text, part) => text.replaceAll(part, ''),
  'removeStart/1': (text, part) => (part && text.startsWith(part) ? text.slice(part.length) : text),
  'removeEnd/1': (text, part) => (part && text.endsWith(part) ? text.slice(0, -part.length) : text),
  'normalizeSpace/0': (text) => text.trim().replace(/\s+/g, ' ')
};

const changing = {
  'toLowerCase/0': (text) => text.toLowerCase(),
  'toUpperCase/0': (text) => text.toUpperCase(),
  'capitalize/0': (text) => text.charAt(0).toUpperCase() + text.slice(1),
  'replace/2': (text, part, by) => text.replaceAll(part, () => by),
  'replaceAll/2': (text, regex, by) => text.replace(pattern(regex), by),
  'replaceFirst/2': (text, regex, by) => text.replace(pattern(regex, ''), by),
  'repeat/1': (text, times) => text.repeat(Math.max(0, times)),
  'leftPad/1': (text, length) => padded(text, length, ' ', 'padStart'),
  'leftPad/2': (text, length, filler) => padded(text, length, filler, 'padStart'),
  'rightPad/1': (text, length) => padded(text, length, ' ', 'padEnd'),
  'rightPad/2': (text, length, filler) => padded(text, length, filler, 'padEnd'),
  'escapeHtml4/0': (text) => text.replace(/[&<>"]/g, (each) => HTML[each]),
  'toString/0': (text) => text
};

function idToken(id) {
  const object = running().program.schema.byId(id);
  return object ? objectToken(object.name) : throwApex('StringException', `Invalid id: ${id}`);
}

/** Ids are texts at run time; these are the methods of Id. */
const ofIds = {
  'getSObjectType/0': idToken,
  'to15/0': (id) => id.slice(0, 15)
};

const string = new PlatformType('String', {
  holds: 'string',
  statics,
  methods: { ...refusingNull({ ...searching, ...cutting, ...changing }), ...comparing, ...ofIds }
});

const id = new PlatformType('Id', {
  statics: {
    'valueOf/1': (text) =>
      isId(text) ? longId(text) : throwApex('StringException', `Invalid id: ${text}`)
  }
});

export const stringTypes = [string, id];
