import ALL_TIME from '@salesforce/label/c.Personalization_Affinities_AllTime';
import LAST_DAYS from '@salesforce/label/c.Personalization_Affinities_LastDays';
import PURCHASES from '@salesforce/label/c.Personalization_Affinities_Purchases';
import PURCHASES_ONE from '@salesforce/label/c.Personalization_Affinities_PurchaseCount';
import PURCHASES_SEVERAL from '@salesforce/label/c.Personalization_Affinities_PurchasesCount';
import VIEW_TIME from '@salesforce/label/c.Personalization_Affinities_ViewTime';
import VIEWS from '@salesforce/label/c.Personalization_Affinities_Views';
import VIEWS_ONE from '@salesforce/label/c.Personalization_Affinities_ViewCount';
import VIEWS_SEVERAL from '@salesforce/label/c.Personalization_Affinities_ViewsCount';
import { countText, numberText } from 'c/countText';
import { durationText, roughDurationText } from 'c/durationText';
import { fillLabel } from 'c/fillLabel';

/** What affinities can be shown by; `amountText` spells an amount of it, `shortText` beside one. */
export const SHOW_BY = [
  {
    value: 'views',
    setting: 'Views',
    label: VIEWS,
    amountText: (amount) => countText(amount, VIEWS_ONE, VIEWS_SEVERAL),
    shortText: numberText
  },
  {
    value: 'viewTime',
    setting: 'View Time',
    label: VIEW_TIME,
    amountText: durationText,
    shortText: roughDurationText
  },
  {
    value: 'purchases',
    setting: 'Purchases',
    label: PURCHASES,
    amountText: (amount) => countText(amount, PURCHASES_ONE, PURCHASES_SEVERAL),
    shortText: numberText
  }
];

/** The date ranges; all time has no `days` and nothing before it. */
export const DATE_RANGES = [
  ...[7, 30, 90, 365].map((days) => ({
    value: `last${days}Days`,
    setting: `Last ${days} Days`,
    label: fillLabel(LAST_DAYS, days),
    days
  })),
  { value: 'allTime', setting: 'All Time', label: ALL_TIME }
];

/** Returns the first of `wishes`, a value or a setting of App Builder, that is among `options`. */
export function optionFor(options, ...wishes) {
  const found = wishes.map((wish) =>
    options.find(({ value, setting }) => value === wish || setting === wish)
  );
  return found.find(Boolean);
}
