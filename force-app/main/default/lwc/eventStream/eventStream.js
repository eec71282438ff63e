import { LightningElement, api } from 'lwc';
import getEvents from '@salesforce/apex/EventStreamController.getEvents';
import DATASET from '@salesforce/label/c.Personalization_Setting_Dataset';
import IDENTITY_TYPE from '@salesforce/label/c.Personalization_Setting_IdentityType';
import TITLE from '@salesforce/label/c.Personalization_EventStream_Title';
import USER_IDENTIFIER from '@salesforce/label/c.Personalization_Setting_UserIdentifier';
import { EVENT_KINDS } from 'c/eventKinds';
import { firstPage, withNewer, withOlder } from 'c/eventPages';
import { nameList } from 'c/nameList';
import { Polling } from 'c/polling';
import { reduceErrors } from 'c/reduceErrors';
import { unaskedReason } from 'c/unaskedReason';
import { recallChoice, rememberChoice } from 'c/viewerChoice';

const COMPONENT = 'eventStream';
const MOST_EVENTS = 200; // of one answer, says the service
const NEWER_EVENTS = 100; // asked for at once when following
const NEWER_PAGES = 5; // followed before it is quicker to begin anew
const KEPT_EVENTS = 500; // shown at most while nobody reads them
const CLOCK_SECONDS = 20; // how often "3 min ago" is looked at again
const STENCIL_EVENTS = [1, 2, 3, 4, 5];
/** Reasons that a filter cannot change; nothing new can come of the first three either. */
const UNASKABLE = ['NOT_CONFIGURED', 'NO_RECORD', 'NO_IDENTIFIER'];
const BEYOND_FILTER = [...UNASKABLE, 'UNKNOWN_PERSON'];

/** What the person of this record does and did, newest first; new events appear by themselves. */
export default class EventStream extends LightningElement {
  @api recordId;
  @api userIdentifier;
  @api identityType;
  @api personalizationDataset;
  @api eventCount = 20;
  /** Kinds or exact names of events, separated by commas. */
  @api hiddenEventTypes;
  /** How soon new events appear; 0 waits for the reader's refresh. */
  @api refreshSeconds = 5;
  @api title;
  @api hideWhenEmpty = false;

  choice = recallChoice(COMPONENT);
  now = Date.now();
  asked;
  first; // {person, answer} of the latest first page
  pages;
  fault;
  olderFault;
  failures = 0;
  isRefreshing = false;
  isLoadingOlder = false;
  places = STENCIL_EVENTS;

  connectedCallback() {
    const isWatched = () => this.template.host.checkVisibility?.() ?? true; // another console tab
    this.polling = new Polling(() => this.follow(), { seconds: this.refreshSeconds, isWatched });
    this.clock = new Polling(() => this.readClock(), { seconds: CLOCK_SECONDS });
    this.polling.start();
    this.clock.start();
  }

  disconnectedCallback() {
    this.polling.stop();
    this.clock.stop();
  }

  /** An imperative method is not asked again by itself when a property changes. */
  renderedCallback() {
    if (!this.unasked && this.asked !== this.question) {
      this.asked = this.question;
      this.fault = undefined;
      this.olderFault = undefined;
      this.load();
    }
  }

  get cardTitle() {
    return this.title || TITLE;
  }

  get unasked() {
    return unaskedReason(this.recordId, [
      [USER_IDENTIFIER, this.userIdentifier],
      [IDENTITY_TYPE, this.identityType],
      [DATASET, this.personalizationDataset]
    ]);
  }

  /** Whose events they are: those of one record are never shown on another. */
  get person() {
    const { recordId, userIdentifier, identityType, personalizationDataset } = this;
    return [recordId, userIdentifier, identityType, personalizationDataset].join(' ');
  }

  get question() {
    return [this.person, this.pageSize, ...this.hiddenTypes].join(' ');
  }

  get pageSize() {
    return Math.min(Math.max(this.eventCount ?? 20, 1), MOST_EVENTS);
  }

  get hiddenNames() {
    return nameList(this.hiddenEventTypes?.toLowerCase());
  }

  get kinds() {
    return Array.isArray(this.choice.kinds) ? this.choice.kinds : [];
  }

  get hiddenTypes() {
    const unwanted = EVENT_KINDS.map(({ kind }) => kind).filter((kind) => !this.isWanted(kind));
    return [...new Set([...this.hiddenNames, ...unwanted])];
  }

  isWanted(kind) {
    return !this.kinds.length || this.kinds.includes(kind);
  }

  get answer() {
    return this.first?.person === this.person ? this.first.answer : undefined;
  }

  get shownAnswer() {
    if (this.unasked) {
      return { state: 'empty', reason: this.unasked };
    }
    const isFiltered = this.kinds.length && this.answer?.reason?.code === 'NO_EVENTS';
    return isFiltered ? { ...this.answer, reason: { code: 'NO_EVENTS_OF_KINDS' } } : this.answer;
  }

  get hasFilter() {
    return !BEYOND_FILTER.includes(this.shownAnswer?.reason?.code);
  }

  /** An unfinished setup stays visible, and so do the buttons that a reader has emptied the card with. */
  get hidesWhenEmpty() {
    return this.hideWhenEmpty && !this.unasked && !this.kinds.length;
  }

  /** Its place is kept until there is an answer. */
  get hasSummary() {
    return Boolean(this.shownAnswer ? this.summary : !this.fault);
  }

  get summary() {
    return this.shownAnswer?.summary;
  }

  get personLines() {
    return this.shownAnswer?.person;
  }

  /** A new filter works at once on what is here, until the service has answered. */
  get events() {
    return this.pages.events.filter(({ kind }) => this.isWanted(kind));
  }

  get hasOlder() {
    return this.pages.hasOlder;
  }

  ask(eventLimit, afterCursor, beforeCursor) {
    return getEvents({
      recordId: this.recordId,
      userIdentifier: this.userIdentifier,
      identityType: this.identityType,
      dataset: this.personalizationDataset,
      eventLimit,
      hiddenTypes: this.hiddenTypes,
      afterCursor,
      beforeCursor
    });
  }

  /** The first page, as the reader's own question: a failure is told at once. */
  async load() {
    const { question } = this;
    this.isRefreshing = true;
    try {
      await this.loadFirstPage();
      this.succeeded();
    } catch (error) {
      if (question === this.question) {
        this.fault = reduceErrors(error);
      }
    } finally {
      this.isRefreshing = question === this.question ? false : this.isRefreshing;
    }
  }

  /** Returns whether it brought anything; an answer to an outdated question is dropped. */
  async loadFirstPage() {
    const { person, question, pageSize } = this;
    const answer = await this.ask(pageSize, null, null);
    if (question !== this.question) {
      return false;
    }
    this.readClock();
    this.first = { person, answer };
    this.pages = firstPage({ ...answer, events: answer.events ?? [] }, pageSize);
    return this.pages.events.length > 0;
  }

  /** One round of the polling. @returns whether there was news; rejects when the question failed */
  async follow() {
    if (this.isRefreshing || UNASKABLE.includes(this.shownAnswer?.reason?.code)) {
      return false;
    }
    const { question } = this;
    try {
      const isNews = await this.catchUp(NEWER_PAGES);
      this.succeeded();
      return isNews;
    } catch (error) {
      this.failedInSilence(error, question);
      throw error;
    }
  }

  /** Follows `latest` until nothing is newer: however long the tab was hidden, no event is skipped. */
  async catchUp(rounds) {
    const cursor = this.answer && this.pages.latest;
    if (!cursor || !rounds || this.isFull) {
      return this.loadFirstPage();
    }
    const { question } = this;
    const answer = await this.ask(NEWER_EVENTS, cursor, null);
    if (question !== this.question || cursor !== this.pages.latest) {
      return false;
    }
    const events = answer.events ?? [];
    this.showNewer({ ...answer, events });
    const isMore = events.length >= NEWER_EVENTS && (await this.catchUp(rounds - 1));
    return events.length > 0 || isMore;
  }

  showNewer(answer) {
    this.readClock();
    this.pages = withNewer(this.pages, answer);
    const { asOf, stale, person, summary } = answer;
    this.first = { ...this.first, answer: { ...this.answer, asOf, stale, person, summary } };
  }

  /** More than anyone looks at; who reads keeps it all. */
  get isFull() {
    return this.pages.events.length > KEPT_EVENTS && !this.refs.list?.isReading;
  }

  succeeded() {
    this.failures = 0;
    this.fault = undefined;
  }

  /** One question that failed is no news for the reader; the second one in a row is. */
  failedInSilence(error, question) {
    this.failures += 1;
    if (question === this.question && this.failures > 1) {
      this.fault = reduceErrors(error);
      this.first = this.first && { ...this.first, answer: { ...this.first.answer } }; // its age is told anew
    }
  }

  readClock() {
    this.now = Date.now();
    return true;
  }

  async handleOlder() {
    const { question, pageSize } = this;
    const cursor = this.pages.oldest;
    this.isLoadingOlder = true;
    this.olderFault = undefined;
    try {
      const answer = await this.ask(pageSize, null, cursor);
      if (question === this.question && cursor === this.pages.oldest) {
        this.pages = withOlder(this.pages, { ...answer, events: answer.events ?? [] }, pageSize);
      }
    } catch (error) {
      this.olderFault = question === this.question ? reduceErrors(error) : undefined;
    } finally {
      this.isLoadingOlder = false;
    }
  }

  handleFilter(event) {
    this.choice = { ...this.choice, kinds: event.detail };
    rememberChoice(COMPONENT, this.choice);
  }

  handleRead() {
    this.polling.quicken();
  }

  handleRefresh() {
    this.load();
  }
}
