const pad = (number, width = 2) => String(number).padStart(width, '0');
const MS_PER_DAY = 86_400_000;

/** An Apex Datetime: milliseconds since 1970 in UTC. The running user's time zone is UTC. */
export class ApexDatetime {
  constructor(ms) {
    this.ms = ms;
    Object.freeze(this);
  }

  /** Read ISO 8601 with a zone (`2026-11-21T10:00:00Z`, `...+0000`); null when it is none. */
  static parseIso(text) {
    const zoned = String(text).replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
    if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.test(zoned)) {
      return null;
    }
    const ms = Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(zoned) ? zoned : `${zoned}Z`);
    return Number.isNaN(ms) ? null : new ApexDatetime(ms);
  }

  /** As JSON and Aura write it: `2026-11-21T10:00:00.000Z`. */
  toIso() {
    return new Date(this.ms).toISOString();
  }

  /** As String.valueOf writes it: `2026-11-21 10:00:00`. */
  toString() {
    return this.toIso().slice(0, 19).replace('T', ' ');
  }

  identity() {
    return `datetime ${this.ms}`;
  }
}

/** An Apex Date: a day without time or zone, kept as days since 1970. */
export class ApexDate {
  constructor(days) {
    this.days = days;
    Object.freeze(this);
  }

  static of(year, month, day) {
    return new ApexDate(Math.floor(Date.UTC(year, month - 1, day) / MS_PER_DAY));
  }

  static fromMs(ms) {
    return new ApexDate(Math.floor(ms / MS_PER_DAY));
  }

  /** Read `2026-11-21`, also in front of a time; null when it is no date. */
  static parseIso(text) {
    const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?$/.exec(text);
    return match ? ApexDate.of(...match.slice(1).map(Number)) : null;
  }

  get ms() {
    return this.days * MS_PER_DAY;
  }

  /** `[year, month 1..12, day]` */
  parts() {
    const date = new Date(this.ms);
    return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  }

  toString() {
    const [year, month, day] = this.parts();
    return `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
  }

  identity() {
    return `date ${this.days}`;
  }
}
