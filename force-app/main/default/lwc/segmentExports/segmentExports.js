import { LightningElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import getExports from '@salesforce/apex/SegmentExportsController.getExports';
import replay from '@salesforce/apex/SegmentExportsController.replay';
import EMPTY from '@salesforce/label/c.Personalization_Exports_Empty';
import ENTERED from '@salesforce/label/c.Personalization_Exports_Entered';
import FAILED from '@salesforce/label/c.Personalization_Exports_Failed';
import INTRO from '@salesforce/label/c.Personalization_Exports_Intro';
import JOINS from '@salesforce/label/c.Personalization_Exports_Joins';
import LEAVES from '@salesforce/label/c.Personalization_Exports_Leaves';
import NOT_READ from '@salesforce/label/c.Personalization_Exports_NotRead';
import READ from '@salesforce/label/c.Personalization_Exports_Read';
import SEND_FAILED from '@salesforce/label/c.Personalization_Exports_SendFailed';
import SEND_OF from '@salesforce/label/c.Personalization_Exports_SendOf';
import SEND_UNDECIDED from '@salesforce/label/c.Personalization_Exports_SendUndecided';
import SEND_UNDECIDED_QUESTION from '@salesforce/label/c.Personalization_Exports_SendUndecidedQuestion';
import SENT from '@salesforce/label/c.Personalization_Exports_Sent';
import SUPPRESSED from '@salesforce/label/c.Personalization_Exports_Suppressed';
import TITLE from '@salesforce/label/c.Personalization_Exports_Title';
import UNDECIDED from '@salesforce/label/c.Personalization_Exports_Undecided';
import UNDECIDED_HELP from '@salesforce/label/c.Personalization_Exports_UndecidedHelp';
import WAITING from '@salesforce/label/c.Personalization_Exports_Waiting';
import { numberText } from 'c/countText';
import { faultSentence } from 'c/faultSentence';
import { fillLabel } from 'c/fillLabel';
import { reduceErrors } from 'c/reduceErrors';
import { newKey } from 'c/requestKey';
import { agoText, momentText } from 'c/timeText';

/** By state of entries: the button that sends them again. */
const SENDS = { failed: SEND_FAILED, undecided: SEND_UNDECIDED };

/** Segments on their way into journeys, with what became of their members. */
export default class SegmentExports extends LightningElement {
  exports;
  now;
  fault;
  isBusy = false;

  label = { empty: EMPTY, intro: INTRO, title: TITLE };

  connectedCallback() {
    this.load();
  }

  get hasAnswer() {
    return Boolean(this.exports);
  }

  get isEmpty() {
    return this.exports?.length === 0;
  }

  get rows() {
    return this.exports.map((each) => ({
      name: each.name,
      route: fillLabel(
        each.enterOn === 'leave' ? LEAVES : JOINS,
        each.segmentName,
        each.eventDefinitionKey
      ),
      read: each.readAt ? fillLabel(READ, agoText(each.readAt, this.now)) : NOT_READ,
      moment: each.readAt && momentText(each.readAt),
      figures: figuresOf(each),
      actions: actionsOf(each),
      hasActions: actionsOf(each).length > 0,
      hints: [each.trouble, each.readTrouble, each.undecided ? UNDECIDED_HELP : null].filter(
        Boolean
      )
    }));
  }

  handleRefresh() {
    return this.load();
  }

  async handleSend({ currentTarget }) {
    const { name, state } = currentTarget.dataset;
    const isSure =
      state === 'failed' ||
      (await LightningConfirm.open({
        label: fillLabel(SEND_OF, SENDS[state], name),
        message: SEND_UNDECIDED_QUESTION,
        theme: 'warning'
      }));
    if (isSure) {
      await this.send(name, state);
    }
  }

  /** Sends again, says what came of it, and shows what is left. */
  async send(name, state) {
    this.isBusy = true;
    try {
      const count = await replay({ name, state, key: newKey() });
      this.say(fillLabel(SENT, numberText(count)), 'success');
    } catch (error) {
      this.say(faultSentence(reduceErrors(error).code), 'error');
    }
    await this.load();
  }

  say(message, variant) {
    this.dispatchEvent(new ShowToastEvent({ title: TITLE, message, variant }));
  }

  async load() {
    this.isBusy = true;
    try {
      this.exports = await getExports();
      this.now = Date.now();
      this.fault = undefined;
    } catch (error) {
      this.fault = reduceErrors(error);
    }
    this.isBusy = false;
  }
}

function figuresOf({ entered, waiting, suppressed, failed, undecided }) {
  return [
    { name: ENTERED, count: entered },
    { name: WAITING, count: waiting },
    { name: SUPPRESSED, count: suppressed },
    { name: FAILED, count: failed, isWrong: failed > 0 },
    { name: UNDECIDED, count: undecided, isWrong: undecided > 0 }
  ].map(({ name, count, isWrong }) => ({
    name,
    value: numberText(count),
    className: isWrong ? 'figure figure_wrong' : 'figure'
  }));
}

function actionsOf(each) {
  return Object.keys(SENDS)
    .filter((state) => each[state] > 0)
    .map((state) => ({
      state,
      text: SENDS[state],
      name: fillLabel(SEND_OF, SENDS[state], each.name)
    }));
}
