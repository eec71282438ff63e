/** How a Decimal is cut to fewer places, by the names of System.RoundingMode. */
const ROUNDING = {
  UP: () => true,
  DOWN: () => false,
  CEILING: ({ negative }) => !negative,
  FLOOR: ({ negative }) => negative,
  HALF_UP: ({ doubled, whole }) => doubled >= whole,
  HALF_DOWN: ({ doubled, whole }) => doubled > whole,
  HALF_EVEN: ({ doubled, whole, odd }) => doubled > whole || (doubled === whole && odd)
};

const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Significant digits kept by a division that does not come out even. */
const DIVISION_DIGITS = 34;

const tenTo = (power) => 10n ** BigInt(power);
const magnitude = (number) => (number < 0n ? -number : number);

/** Divide two whole numbers, rounding the remainder by a named mode. */
function divideRounded(dividend, divisor, mode) {
  const negative = dividend < 0n !== divisor < 0n;
  const whole = magnitude(divisor);
  const quotient = magnitude(dividend) / whole;
  const remainder = magnitude(dividend) % whole;
  const odd = quotient % 2n === 1n;
  const up = remainder !== 0n && ROUNDING[mode]({ negative, doubled: remainder * 2n, whole, odd });
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/**
 * An Apex Decimal or Double: an exact number that remembers how many places it was written with.
 * `12.50` is `unscaled` 1250n with `scale` 2 and prints as `12.50`.
 */
export class Decimal {
  constructor(unscaled, scale = 0) {
    this.unscaled = unscaled;
    this.scale = scale;
    Object.freeze(this);
  }

  /** Read `12.50`, `-3` or `1e3`; null when the text is no number. */
  static parse(text) {
    const match = DECIMAL_TEXT.exec(text);
    if (!match || (!match[2] && !match[3])) return null;
    const [, sign, whole, fraction = '', exponent = '0'] = match;
    const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
    const scale = fraction.length - Number(exponent);
    return scale < 0 ? new Decimal(digits * tenTo(-scale)) : new Decimal(digits, scale);
  }

  /** Take over a JavaScript number or keep a Decimal. */
  static of(value) {
    return value instanceof Decimal ? value : Decimal.parse(String(value));
  }

  plus(other) {
    const scale = Math.max(this.scale, other.scale);
    return new Decimal(this.unscaledAt(scale) + other.unscaledAt(scale), scale);
  }

  minus(other) {
    return this.plus(other.negated());
  }

  times(other) {
    return new Decimal(this.unscaled * other.unscaled, this.scale + other.scale);
  }

  /** Divide to 34 significant digits, without trailing zeros beyond this number's own scale. */
  dividedBy(other) {
    const scale = DIVISION_DIGITS + Math.max(this.scale, other.scale);
    const precise = this.dividedTo(other, scale, 'HALF_EVEN');
    const surplus = Math.max(0, precise.precision() - DIVISION_DIGITS);
    const cut = precise.withScale(Math.max(0, scale - surplus), 'HALF_EVEN');
    return cut.stripped(Math.max(0, this.scale - other.scale));
  }

  /** Divide to a fixed number of places. */
  dividedTo(other, scale, mode) {
    const shift = scale + other.scale - this.scale;
    const dividend = shift >= 0 ? this.unscaled * tenTo(shift) : this.unscaled;
    const divisor = shift >= 0 ? other.unscaled : other.unscaled * tenTo(-shift);
    return new Decimal(divideRounded(dividend, divisor, mode), scale);
  }

  negated() {
    return new Decimal(-this.unscaled, this.scale);
  }

  absolute() {
    return new Decimal(magnitude(this.unscaled), this.scale);
  }

  /** Negative, zero or positive, as this is less than, equal to or more than `other`. */
  compare(other) {
    const scale = Math.max(this.scale, other.scale);
    const difference = this.unscaledAt(scale) - other.unscaledAt(scale);
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }

  withScale(scale, mode = 'HALF_EVEN') {
    if (scale >= this.scale) return new Decimal(this.unscaledAt(scale), scale);
    return new Decimal(divideRounded(this.unscaled, tenTo(this.scale - scale), mode), scale);
  }

  /** Without trailing zeros, down to `least` places. */
  stripped(least = 0) {
    let { unscaled, scale } = this;
    while (scale > least && unscaled % 10n === 0n) {
      unscaled /= 10n;
      scale -= 1;
    }
    return new Decimal(unscaled, scale);
  }

  unscaledAt(scale) {
    return this.unscaled * tenTo(scale - this.scale);
  }

  precision() {
    return magnitude(this.unscaled).toString().length;
  }

  toNumber() {
    return Number(this.toString());
  }

  toString() {
    const digits = magnitude(this.unscaled)
      .toString()
      .padStart(this.scale + 1, '0');
    const sign = this.unscaled < 0n ? '-' : '';
    if (this.scale === 0) return sign + digits;
    return `${sign}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
  }
}
