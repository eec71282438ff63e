import { LightningElement, api } from 'lwc';
import LOADING_OLDER from '@salesforce/label/c.Personalization_Event_LoadingOlder';
import NEW_ONE from '@salesforce/label/c.Personalization_Event_NewOne';
import NEW_SEVERAL from '@salesforce/label/c.Personalization_Event_NewSeveral';
import NEWEST_FIRST from '@salesforce/label/c.Personalization_Event_NewestFirst';
import NO_OLDER from '@salesforce/label/c.Personalization_Event_NoOlder';
import RETRY from '@salesforce/label/c.Personalization_Card_Retry';
import SHOW_OLDER from '@salesforce/label/c.Personalization_Event_ShowOlder';
import { countText } from 'c/countText';
import { faultSentence } from 'c/faultSentence';
import { dayOf, dayText } from 'c/timeText';

const AT_THE_TOP = 4; // pixels; a hair's breadth of scrolling is not reading
const NEAR_THE_END = 240; // pixels; about three events

/**
 * The events by day in a box that scrolls. Whoever reads, scrolled down or with an event open,
 * keeps the place, wherever others are put: new events then wait above, and a button says how
 * many. Fires `older` when the reader comes near the end, and `read` whenever the reader moves.
 */
export default class EventList extends LightningElement {
  @api hasOlder = false;
  @api isLoadingOlder = false;
  @api olderFault;
  /** Milliseconds since 1970. */
  @api now;

  shown = [];
  unseen = 0;
  announcement = '';
  newIds = new Set();
  knownIds = new Set();
  openIds = new Set();
  anchor;
  label = { newestFirst: NEWEST_FIRST, noOlder: NO_OLDER };

  /** Newest first; those that came while the reader was looking bear `isNew`. */
  @api
  get events() {
    return this.shown;
  }

  set events(events) {
    const isReading = this.shown.length > 0 && this.isReading;
    this.anchor = isReading ? this.firstInSight() : undefined;
    this.newIds = new Set();
    for (const { id, isNew } of events) {
      if (isNew && !this.knownIds.has(id)) {
        this.newIds.add(id);
      }
      this.knownIds.add(id);
    }
    if (this.newIds.size) {
      this.announcement = countText(this.newIds.size, NEW_ONE, NEW_SEVERAL);
      this.unseen = isReading ? this.unseen + this.newAbove(this.anchor, events) : 0;
    }
    this.shown = events;
  }

  /** Scrolled down, or an event is open. */
  @api
  get isReading() {
    return this.openIds.size > 0 || (this.refs.box?.scrollTop ?? 0) > AT_THE_TOP;
  }

  get days() {
    const days = new Map();
    for (const event of this.shown) {
      const day = dayOf(event.occurredAt);
      days.set(day, [...(days.get(day) ?? []), { event, isNew: this.newIds.has(event.id) }]);
    }
    return [...days].map(([key, events]) => ({
      key,
      events,
      text: dayText(events[0].event.occurredAt, this.now)
    }));
  }

  newAbove(anchor, events) {
    const place = events.findIndex(({ id }) => id === anchor?.id);
    return events.filter(({ id }, above) => above < place && this.newIds.has(id)).length;
  }

  get unseenText() {
    return countText(this.unseen, NEW_ONE, NEW_SEVERAL);
  }

  get olderLabel() {
    if (this.isLoadingOlder) {
      return LOADING_OLDER;
    }
    return this.olderFault ? RETRY : SHOW_OLDER;
  }

  get olderFaultSentence() {
    return faultSentence(this.olderFault.code);
  }

  /** The event at the upper edge, and where it stands: there it shall stand when others came above. */
  firstInSight() {
    const top = this.refs.box.getBoundingClientRect().top;
    const rows = [...this.template.querySelectorAll('li')];
    const row = rows.find((one) => one.getBoundingClientRect().bottom > top);
    return row && { id: row.dataset.event, top: row.getBoundingClientRect().top };
  }

  renderedCallback() {
    if (!this.anchor) {
      return;
    }
    const { id, top } = this.anchor;
    this.anchor = undefined;
    const rows = [...this.template.querySelectorAll('li')];
    const row = rows.find(({ dataset }) => dataset.event === id);
    if (row) {
      this.refs.box.scrollTop += row.getBoundingClientRect().top - top;
    }
  }

  handleToggle(event) {
    const { id } = event.target.event;
    this.openIds = new Set(this.openIds);
    this.openIds[event.detail.isOpen ? 'add' : 'delete'](id);
    this.dispatchEvent(new CustomEvent('read'));
  }

  handleScroll() {
    const { clientHeight, scrollHeight, scrollTop } = this.refs.box;
    if (scrollTop <= AT_THE_TOP) {
      this.unseen = 0;
    }
    if (scrollHeight - scrollTop - clientHeight < NEAR_THE_END && !this.olderFault) {
      this.handleOlder();
    }
    this.dispatchEvent(new CustomEvent('read'));
  }

  handleShowNew() {
    this.unseen = 0;
    this.refs.box.scrollTop = 0;
    this.refs.box.focus();
  }

  handleOlder() {
    if (this.hasOlder && !this.isLoadingOlder) {
      this.dispatchEvent(new CustomEvent('older'));
    }
  }
}
