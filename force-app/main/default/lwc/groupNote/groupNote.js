import { LightningElement, api } from 'lwc';
import KNOWN from '@salesforce/label/c.Personalization_Group_Known';
import LEFT_OUT from '@salesforce/label/c.Personalization_Group_LeftOut';
import LEFT_OUT_MANY from '@salesforce/label/c.Personalization_Group_LeftOutMany';
import { fillLabel } from 'c/fillLabel';
import { numberText } from 'c/countText';

const MOST_COUNTED = 2000; // PeopleToAsk counts no further

/** How many people a card is about, and who was left out of it. */
export default class GroupNote extends LightningElement {
  /** {asked, known, leftOut}, of PeopleCount */
  @api people;

  get sentence() {
    const { asked, known } = this.people;
    return [fillLabel(KNOWN, numberText(known), numberText(asked)), this.leftOut]
      .filter(Boolean)
      .join(' ');
  }

  get leftOut() {
    const { leftOut } = this.people;
    const label = leftOut >= MOST_COUNTED ? LEFT_OUT_MANY : LEFT_OUT;
    return leftOut > 0 && fillLabel(label, numberText(leftOut));
  }
}
