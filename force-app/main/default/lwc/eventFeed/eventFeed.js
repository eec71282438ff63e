import { NO_PAGES, firstPage, withNewer, withOlder } from 'c/eventPages';

const NEWER_EVENTS = 100; // asked for at once when following
const NEWER_PAGES = 5; // followed before it is quicker to begin anew
const KEPT_EVENTS = 500; // kept at most while nobody reads them

/**
 * The events of one question, in `pages`. Each method puts questions through
 * `ask(eventLimit, afterCursor, beforeCursor)`, returns the last answer, and fails as that fails.
 * An answer that another one has overtaken changes nothing.
 */
export class EventFeed {
  pages = NO_PAGES;

  constructor(ask, pageSize) {
    this.ask = ask;
    this.pageSize = pageSize;
  }

  /** The newest page instead of all that was kept. */
  async begin() {
    const answer = await this.ask(this.pageSize, null, null);
    this.pages = firstPage(answer, this.pageSize);
    return answer;
  }

  /** What came since; whoever `isReading` keeps every page, otherwise a long list begins anew. */
  follow(isReading) {
    const isLong = this.pages.events.length > KEPT_EVENTS;
    return isLong && !isReading ? this.begin() : this.catchUp(NEWER_PAGES);
  }

  /** Follows `latest` until nothing is newer: however long nobody asked, no event is skipped. */
  async catchUp(rounds) {
    const { latest } = this.pages;
    if (!latest || !rounds) {
      return this.begin();
    }
    const answer = await this.ask(NEWER_EVENTS, latest, null);
    if (answer.reason) {
      return this.begin(); // whom it knew a moment ago, it does not know any more
    }
    if (latest === this.pages.latest) {
      this.pages = withNewer(this.pages, answer);
    }
    return answer.events.length < NEWER_EVENTS ? answer : this.catchUp(rounds - 1);
  }

  /** The next older page. */
  async goBack() {
    const { oldest } = this.pages;
    const answer = await this.ask(this.pageSize, null, oldest);
    if (oldest === this.pages.oldest) {
      this.pages = withOlder(this.pages, answer, this.pageSize);
    }
    return answer;
  }
}
