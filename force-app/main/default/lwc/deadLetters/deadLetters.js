import { LightningElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import decide from '@salesforce/apex/DeadLettersController.decide';
import getDeadLetters from '@salesforce/apex/DeadLettersController.getDeadLetters';
import LOADING from '@salesforce/label/c.Personalization_Card_Loading';
import REFRESH from '@salesforce/label/c.Personalization_Card_Refresh';
import UPDATED from '@salesforce/label/c.Personalization_Card_Updated';
import ACCEPTED from '@salesforce/label/c.Personalization_Letters_Accepted';
import ACTIONS from '@salesforce/label/c.Personalization_Letters_Actions';
import ATTEMPTS from '@salesforce/label/c.Personalization_Letters_Attempts';
import DATASET from '@salesforce/label/c.Personalization_Letters_Dataset';
import DROP from '@salesforce/label/c.Personalization_Letters_Drop';
import DROP_OF from '@salesforce/label/c.Personalization_Letters_DropOf';
import DROP_QUESTION from '@salesforce/label/c.Personalization_Letters_DropQuestion';
import DROPPED from '@salesforce/label/c.Personalization_Letters_Dropped';
import INTRO from '@salesforce/label/c.Personalization_Letters_Intro';
import NEXT from '@salesforce/label/c.Personalization_Letters_Next';
import NONE from '@salesforce/label/c.Personalization_Letters_None';
import NOTHING_DONE from '@salesforce/label/c.Personalization_Letters_NothingDone';
import PREVIOUS from '@salesforce/label/c.Personalization_Letters_Previous';
import REASON from '@salesforce/label/c.Personalization_Letters_Reason';
import REFERENCE from '@salesforce/label/c.Personalization_Letters_Reference';
import REPLAY from '@salesforce/label/c.Personalization_Letters_Replay';
import REPLAY_ALL from '@salesforce/label/c.Personalization_Letters_ReplayAll';
import REPLAY_ALL_QUESTION from '@salesforce/label/c.Personalization_Letters_ReplayAllQuestion';
import REPLAY_OF from '@salesforce/label/c.Personalization_Letters_ReplayOf';
import REPLAYED from '@salesforce/label/c.Personalization_Letters_Replayed';
import TITLE from '@salesforce/label/c.Personalization_Letters_Title';
import UNCONFIRMED from '@salesforce/label/c.Personalization_Letters_Unconfirmed';
import UNCONFIRMED_HELP from '@salesforce/label/c.Personalization_Letters_UnconfirmedHelp';
import WHAT from '@salesforce/label/c.Personalization_Letters_What';
import { faultSentence } from 'c/faultSentence';
import { fillLabel } from 'c/fillLabel';
import { letterKind } from 'c/letterKind';
import { reduceErrors } from 'c/reduceErrors';

const BEGINNING = 0;

/** What could not be delivered to Personalization, with its reason, to replay or to drop. */
export default class DeadLetters extends LightningElement {
  shown; // {letters, next}
  starts = [BEGINNING]; // where each page up to the shown one begins
  fault;
  isBusy = false;
  hasAsked = false;

  label = {
    accepted: ACCEPTED,
    actions: ACTIONS,
    attempts: ATTEMPTS,
    dataset: DATASET,
    drop: DROP,
    intro: INTRO,
    next: NEXT,
    none: NONE,
    previous: PREVIOUS,
    reason: REASON,
    reference: REFERENCE,
    replay: REPLAY,
    replayAll: REPLAY_ALL,
    title: TITLE,
    unconfirmed: UNCONFIRMED,
    unconfirmedHelp: UNCONFIRMED_HELP,
    what: WHAT
  };

  connectedCallback() {
    this.load();
  }

  get state() {
    if (this.fault) {
      return 'fault';
    }
    if (!this.shown) {
      return 'loading';
    }
    return this.isNone ? 'empty' : 'content';
  }

  get isLoading() {
    return this.state === 'loading';
  }

  get isNone() {
    return this.shown?.letters.length === 0 && this.isFirst;
  }

  get busy() {
    return String(this.isBusy);
  }

  get hasDead() {
    return !this.fault && Boolean(this.shown?.letters.some(({ state }) => state === 'dead'));
  }

  get rows() {
    return this.shown.letters.map((letter) => ({
      ...letter,
      what: letterKind(letter.kind),
      isDead: letter.state === 'dead',
      isUnconfirmed: letter.state === 'unconfirmed',
      replayName: fillLabel(REPLAY_OF, letter.id),
      dropName: fillLabel(DROP_OF, letter.id)
    }));
  }

  get hasPages() {
    return !this.isFirst || !this.isLast;
  }

  get isFirst() {
    return this.starts.length === 1;
  }

  get isLast() {
    return !this.shown?.next;
  }

  get loadingText() {
    return fillLabel(LOADING, TITLE);
  }

  get refreshName() {
    return fillLabel(REFRESH, TITLE);
  }

  /** Who looks after deliveries signs in by a credential of their own. */
  get shownFault() {
    const isSignIn = this.fault.code === 'NOT_CONNECTED';
    return isSignIn ? { ...this.fault, code: 'NO_ADMINISTRATION' } : this.fault;
  }

  get announcement() {
    if (this.isBusy) {
      return this.loadingText;
    }
    return this.hasAsked && !this.fault ? fillLabel(UPDATED, TITLE) : '';
  }

  handleRefresh() {
    this.hasAsked = true;
    return this.load();
  }

  handleNext() {
    this.starts = [...this.starts, this.shown.next];
    return this.load();
  }

  handlePrevious() {
    this.starts = this.starts.slice(0, -1);
    return this.load();
  }

  handleReplay({ currentTarget }) {
    return this.replay([Number(currentTarget.dataset.id)]);
  }

  async handleReplayAll() {
    const isSure = await LightningConfirm.open({
      label: REPLAY_ALL,
      message: REPLAY_ALL_QUESTION,
      theme: 'warning'
    });
    if (isSure) {
      await this.replay(null);
    }
  }

  async handleDrop({ currentTarget }) {
    const { id } = currentTarget.dataset;
    const isSure = await LightningConfirm.open({
      label: fillLabel(DROP_OF, id),
      message: fillLabel(DROP_QUESTION, id),
      theme: 'error'
    });
    if (isSure) {
      await this.done('drop', [Number(id)], () => fillLabel(DROPPED, id));
    }
  }

  replay(ids) {
    return this.done('replay', ids, (count) => fillLabel(REPLAYED, count));
  }

  /** Decides, says what came of it, and shows what is left. */
  async done(what, ids, sentence) {
    this.isBusy = true;
    try {
      const count = await decide({ what, ids });
      this.say(count ? sentence(count) : NOTHING_DONE, count ? 'success' : 'info');
    } catch (error) {
      this.say(faultSentence(reduceErrors(error).code), 'error');
    }
    await this.load();
  }

  say(message, variant) {
    this.dispatchEvent(new ShowToastEvent({ title: TITLE, message, variant }));
  }

  /** Asks for the shown page; where it has become empty, for the one before. */
  async load() {
    this.isBusy = true;
    try {
      const page = await getDeadLetters({ after: this.starts.at(-1) });
      this.fault = undefined;
      this.shown = page;
    } catch (error) {
      this.fault = reduceErrors(error);
    }
    this.isBusy = false;
    if (!this.fault && this.shown.letters.length === 0 && !this.isFirst) {
      await this.handlePrevious();
    }
  }
}
