import { LightningElement, api } from 'lwc';
import getEvents from '@salesforce/apex/EventStreamController.getEvents';
import DATASET from '@salesforce/label/c.Personalization_Setting_Dataset';
import IDENTITY_TYPE from '@salesforce/label/c.Personalization_Setting_IdentityType';
import TITLE from '@salesforce/label/c.Personalization_EventStream_Title';
import USER_IDENTIFIER from '@salesforce/label/c.Personalization_Setting_UserIdentifier';
import { EventFeed } from 'c/eventFeed';
import { EVENT_KINDS } from 'c/eventKinds';
import { NO_PAGES } from 'c/eventPages';
import { nameList } from 'c/nameList';
import { Polling } from 'c/polling';
import { reduceErrors } from 'c/reduceErrors';
import { UNASKED, unaskedReason } from 'c/unaskedReason';
import { recallChoice, rememberChoice } from 'c/viewerChoice';

const COMPONENT = 'eventStream';
const MOST_EVENTS = 200; // of one answer, says the service
const CLOCK_SECONDS = 20; // how often "3 min ago" is looked at again
const STENCIL_EVENTS = 7; // as many as the box holds
/** Reasons that a filter cannot change. */
const BEYOND_FILTER = [...UNASKED, 'UNKNOWN_PERSON', 'UNKNOWN_PEOPLE'];

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
  /** A checkbox of the record that must allow to ask, or `!` and one that must not be checked. */
  @api consentField;

  choice = recallChoice(COMPONENT);
  now = Date.now();
  asked;
  feed;
  latest; // {person, answer}
  pages = NO_PAGES;
  fault;
  olderFault;
  failures = 0;
  isRefreshing = false;
  isLoadingOlder = false;

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
      this.feed = new EventFeed((...question) => this.ask(...question), this.pageSize);
      this.fault = undefined;
      this.olderFault = undefined;
      this.isLoadingOlder = false;
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

  /** What an administrator diagnoses: this card's own question. */
  get diagnosed() {
    if (this.group) {
      return undefined; // a diagnosis is about one person
    }
    return {
      component: 'eventStream',
      recordId: this.recordId,
      userIdentifier: this.userIdentifier,
      identityType: this.identityType,
      dataset: this.personalizationDataset,
      hiddenTypes: this.hiddenTypes,
      consentField: this.askedConsentField
    };
  }

  get answer() {
    return this.latest?.person === this.person ? this.latest.answer : undefined;
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

  /** How many people it is about, on the page of an account. */
  get group() {
    return this.shownAnswer?.ofPeople;
  }

  get summary() {
    return this.shownAnswer?.summary;
  }

  get personLines() {
    return this.shownAnswer?.person;
  }

  get places() {
    return Array.from({ length: Math.min(this.pageSize, STENCIL_EVENTS) }, (_, place) => place);
  }

  /** A new filter works at once on what is here, until the service has answered. */
  get events() {
    return this.pages.events.filter(({ kind }) => this.isWanted(kind));
  }

  get hasOlder() {
    return this.pages.hasOlder;
  }

  get askedConsentField() {
    return this.consentField || null;
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
      beforeCursor,
      consentField: this.askedConsentField
    });
  }

  /** The newest page, as the reader's own question: a failure is told at once. */
  async load() {
    const { feed } = this;
    this.isRefreshing = true;
    try {
      this.show(feed, await feed.begin());
    } catch (error) {
      this.tell(feed, error);
    } finally {
      this.isRefreshing = feed === this.feed ? false : this.isRefreshing;
    }
  }

  /** One round of the polling. @returns whether there was news; rejects when the question failed */
  async follow() {
    if (this.isRefreshing || !this.feed || UNASKED.includes(this.shownAnswer?.reason?.code)) {
      return false;
    }
    const { feed, pages } = this;
    try {
      this.show(feed, await feed.follow(this.refs.list?.isReading));
      return feed.pages.events[0]?.id !== pages.events[0]?.id;
    } catch (error) {
      this.failures += 1;
      if (this.failures > 1) {
        this.tell(feed, error); // one question that failed is no news for the reader
      }
      throw error;
    }
  }

  /** An answer to a question that the reader has left behind is dropped. */
  show(feed, answer) {
    if (feed === this.feed) {
      this.readClock();
      this.pages = feed.pages;
      this.latest = { person: this.person, answer };
      this.failures = 0;
      this.fault = undefined;
    }
  }

  tell(feed, error) {
    if (feed === this.feed) {
      this.fault = reduceErrors(error);
      this.latest = this.latest && { ...this.latest, answer: { ...this.latest.answer } }; // its age is said anew
    }
  }

  readClock() {
    this.now = Date.now();
    return true;
  }

  async handleOlder() {
    const { feed } = this;
    this.isLoadingOlder = true;
    this.olderFault = undefined;
    try {
      await feed.goBack();
      this.pages = feed === this.feed ? feed.pages : this.pages;
    } catch (error) {
      this.olderFault = feed === this.feed ? reduceErrors(error) : undefined;
    } finally {
      this.isLoadingOlder = feed === this.feed ? false : this.isLoadingOlder;
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
