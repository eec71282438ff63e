import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import ENGAGEMENT from '@salesforce/label/c.Personalization_Person_Engagement';
import FIRST_ACTIVITY from '@salesforce/label/c.Personalization_Person_FirstActivity';
import LAST_ACTIVITY from '@salesforce/label/c.Personalization_Person_LastActivity';
import SEGMENTS from '@salesforce/label/c.Personalization_Person_Segments';
import VISITS from '@salesforce/label/c.Personalization_Person_Visits';
import { numberText } from 'c/countText';
import { dateText } from 'c/timeText';

const PERCENT = new Intl.NumberFormat(LOCALE, { style: 'percent' });

/** What the user look-up knows of the person. A line without a value is not drawn. */
export default class PersonLines extends LightningElement {
  /** {segments, engagement, engagementScale, firstActivity, lastActivity, visits}; any of them may be missing. */
  @api person;

  label = { segments: SEGMENTS };

  get segments() {
    const names = this.person?.segments ?? [];
    return names.map((name, place) => ({ key: place, name }));
  }

  get hasSegments() {
    return this.segments.length > 0;
  }

  get figures() {
    const { engagement, engagementScale, firstActivity, lastActivity, visits } = this.person ?? {};
    return [
      { name: ENGAGEMENT, value: engagementText(engagement, engagementScale) },
      { name: VISITS, value: figureText(visits) },
      { name: FIRST_ACTIVITY, value: firstActivity && dateText(firstActivity) },
      { name: LAST_ACTIVITY, value: lastActivity && dateText(lastActivity) }
    ].filter(({ value }) => value);
  }

  get hasFigures() {
    return this.figures.length > 0;
  }
}

/** Personalization knows two scales: an index, and a fraction of 1. */
function engagementText(engagement, scale) {
  const isFraction = scale === 'fraction' && Number.isFinite(engagement);
  return isFraction ? PERCENT.format(engagement) : figureText(engagement);
}

function figureText(value) {
  return Number.isFinite(value) ? numberText(value) : null;
}
