import { LightningElement, api } from 'lwc';
import IN_STOCK from '@salesforce/label/c.Personalization_Event_InStock';
import OPEN_PAGE from '@salesforce/label/c.Personalization_Event_OpenPage';
import OUT_OF_STOCK from '@salesforce/label/c.Personalization_Event_OutOfStock';
import { eventFields } from 'c/eventFields';
import { eventKind } from 'c/eventKinds';
import { fillLabel } from 'c/fillLabel';
import { safeUrl } from 'c/safeUrl';
import { agoText, momentText } from 'c/timeText';

const STOCKS = {
  inStock: { label: IN_STOCK, className: 'stock stock_in' },
  outOfStock: { label: OUT_OF_STOCK, className: 'stock stock_out' }
};

/** One event: what, with which item, where and when; all its fields once opened. Fires `toggle`. */
export default class EventRow extends LightningElement {
  @api event;
  /** Milliseconds since 1970. */
  @api now;
  /** Came while the reader was looking: it lights up once. */
  @api isNew = false;

  isOpen = false;

  get kind() {
    return eventKind(this.event.kind);
  }

  get rowClass() {
    return ['row', this.isNew && 'row_new', this.isOpen && 'row_open'].filter(Boolean).join(' ');
  }

  get signClass() {
    return `sign sign_${this.kind.kind}`;
  }

  get moment() {
    return momentText(this.event.occurredAt);
  }

  get ago() {
    return agoText(this.event.occurredAt, this.now);
  }

  /** Who did it, where a stream is of several people. */
  get people() {
    return this.event.people ?? [];
  }

  get hasPeople() {
    return this.people.length > 0;
  }

  get itemName() {
    const { item } = this.event;
    return item && (item.name || item.id);
  }

  /** Was the item in stock when this happened? Null when the event does not say. */
  get stock() {
    const status = this.event.item?.inventoryStatus;
    return status ? (STOCKS[status] ?? { label: status, className: 'stock' }) : null;
  }

  get address() {
    return safeUrl(this.event.url);
  }

  /** A page is told by its path; every page of a shop is on the same host. */
  get shortAddress() {
    return this.event.url.replace(/^https:\/\//i, '');
  }

  get spokenAddress() {
    return fillLabel(OPEN_PAGE, this.shortAddress);
  }

  get place() {
    return [this.event.channel, this.event.application].filter(Boolean).join(' · ');
  }

  get hasPlace() {
    return Boolean(this.event.url || this.place);
  }

  get fields() {
    return eventFields(this.event);
  }

  get expanded() {
    return String(this.isOpen);
  }

  get isClosed() {
    return !this.isOpen;
  }

  get openerIcon() {
    return this.isOpen ? 'utility:chevrondown' : 'utility:chevronright';
  }

  handleToggle() {
    this.isOpen = !this.isOpen;
    this.dispatchEvent(new CustomEvent('toggle', { detail: { isOpen: this.isOpen } }));
  }
}
