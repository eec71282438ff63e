import { LightningElement } from 'lwc';
import getExports from '@salesforce/apex/SegmentExportsController.getExports';
import EMPTY from '@salesforce/label/c.Personalization_Exports_Empty';
import ENTERED from '@salesforce/label/c.Personalization_Exports_Entered';
import FAILED from '@salesforce/label/c.Personalization_Exports_Failed';
import INTRO from '@salesforce/label/c.Personalization_Exports_Intro';
import JOINS from '@salesforce/label/c.Personalization_Exports_Joins';
import LEAVES from '@salesforce/label/c.Personalization_Exports_Leaves';
import NOT_READ from '@salesforce/label/c.Personalization_Exports_NotRead';
import READ from '@salesforce/label/c.Personalization_Exports_Read';
import SUPPRESSED from '@salesforce/label/c.Personalization_Exports_Suppressed';
import TITLE from '@salesforce/label/c.Personalization_Exports_Title';
import UNDECIDED from '@salesforce/label/c.Personalization_Exports_Undecided';
import UNDECIDED_HELP from '@salesforce/label/c.Personalization_Exports_UndecidedHelp';
import WAITING from '@salesforce/label/c.Personalization_Exports_Waiting';
import { numberText } from 'c/countText';
import { fillLabel } from 'c/fillLabel';
import { reduceErrors } from 'c/reduceErrors';
import { agoText, momentText } from 'c/timeText';

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
      hints: [each.trouble, each.readTrouble, each.undecided ? UNDECIDED_HELP : null].filter(
        Boolean
      )
    }));
  }

  handleRefresh() {
    return this.load();
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
