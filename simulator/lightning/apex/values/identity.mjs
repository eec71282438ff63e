import { Decimal } from './decimal.mjs';

/**
 * The JavaScript value under which a Set or Map finds an Apex value again.
 * Numbers, texts, dates, enum constants and types compare by content; records, collections and
 * instances of classes by identity (their own equals and hashCode are not asked).
 */
export function identityKey(value) {
  if (typeof value === 'string') return `text ${value}`;
  if (typeof value === 'number') return `number ${value}`;
  if (value instanceof Decimal) return `number ${value.stripped()}`;
  if (typeof value?.identity === 'function') return value.identity();
  return value;
}
