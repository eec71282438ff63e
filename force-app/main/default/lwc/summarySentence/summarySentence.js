import LOCALE from '@salesforce/i18n/locale';
import ACTIVE_NOW from '@salesforce/label/c.Personalization_Summary_ActiveNow';
import AND_BOUGHT from '@salesforce/label/c.Personalization_Summary_AndBought';
import BOUGHT_ONCE from '@salesforce/label/c.Personalization_Summary_BoughtOnce';
import BOUGHT_TIMES from '@salesforce/label/c.Personalization_Summary_BoughtTimes';
import BOUGHT_TWICE from '@salesforce/label/c.Personalization_Summary_BoughtTwice';
import ITEM from '@salesforce/label/c.Personalization_Summary_Item';
import ITEMS from '@salesforce/label/c.Personalization_Summary_Items';
import JUST_BOUGHT from '@salesforce/label/c.Personalization_Summary_JustBought';
import JUST_NOW from '@salesforce/label/c.Personalization_Summary_JustNow';
import LAST_ACTIVE from '@salesforce/label/c.Personalization_Summary_LastActive';
import LAST_MINUTE from '@salesforce/label/c.Personalization_Summary_LastMinute';
import LAST_MINUTES from '@salesforce/label/c.Personalization_Summary_LastMinutes';
import LOOKED_AT from '@salesforce/label/c.Personalization_Summary_LookedAt';
import MOSTLY_ITEMS from '@salesforce/label/c.Personalization_Summary_MostlyItems';
import ONLY from '@salesforce/label/c.Personalization_Summary_Only';
import PUT_IN_CART from '@salesforce/label/c.Personalization_Summary_PutInCart';
import TOP_PURCHASES from '@salesforce/label/c.Personalization_Summary_TopPurchases';
import TOP_VIEWS from '@salesforce/label/c.Personalization_Summary_TopViews';
import TOP_VIEW_TIME from '@salesforce/label/c.Personalization_Summary_TopViewTime';
import { countText } from 'c/countText';
import { fillLabel } from 'c/fillLabel';

const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
const PERCENT = new Intl.NumberFormat(LOCALE, { style: 'percent' });
const TOP = { purchases: TOP_PURCHASES, viewTime: TOP_VIEW_TIME, views: TOP_VIEWS };
const BOUGHT = { 1: BOUGHT_ONCE, 2: BOUGHT_TWICE };

/** What is hot now, by code of the service. Its parameters come from Apex as texts. */
const HOT_NOW = {
  ACTIVE_NOW: ({ minutes }) => fillLabel(ACTIVE_NOW, agoText(minutes)),
  JUST_BOUGHT: ({ count, minutes }) =>
    fillLabel(JUST_BOUGHT, countText(Number(count), ITEM, ITEMS), agoText(minutes)),
  LAST_ACTIVE: ({ days }) => fillLabel(LAST_ACTIVE, RELATIVE.format(-days, 'day')),
  LOOKED_AT_ITEM: ({ item, minutes }) => fillLabel(LOOKED_AT, item, spanText(minutes)),
  LOOKED_AT_ITEMS: ({ count, mostly, minutes }) => {
    const items = countText(Number(count), ITEM, ITEMS);
    const what = mostly ? fillLabel(MOSTLY_ITEMS, items, mostly) : items;
    return fillLabel(LOOKED_AT, what, spanText(minutes));
  },
  PUT_IN_CART: ({ item, minutes }) => fillLabel(PUT_IN_CART, item, agoText(minutes))
};

/**
 * Returns the summary of the service as one sentence of our custom labels, '' when there is none.
 * A code that this version does not know answers the service's own English `message`.
 */
export function summarySentence(summary) {
  const parameters = summary?.parameters ?? {};
  const sentence = Object.hasOwn(HOT_NOW, summary?.code ?? '') ? HOT_NOW[summary.code] : null;
  if (sentence) {
    return withPurchases(sentence(parameters), Number(parameters.purchases ?? 0));
  }
  return topAffinity(summary, parameters) ?? summary?.message ?? '';
}

function withPurchases(sentence, purchases) {
  if (!purchases) {
    return fillLabel(ONLY, sentence);
  }
  return fillLabel(AND_BOUGHT, sentence, fillLabel(BOUGHT[purchases] ?? BOUGHT_TIMES, purchases));
}

function topAffinity(summary, { label, percent, showBy, typeLabel }) {
  const isTop = summary?.code === 'TOP_AFFINITY' && Object.hasOwn(TOP, showBy ?? '');
  return isTop ? fillLabel(TOP[showBy], label, PERCENT.format(percent / 100), typeLabel) : null;
}

function agoText(minutes) {
  return Number(minutes) ? RELATIVE.format(-minutes, 'minute') : JUST_NOW;
}

function spanText(minutes) {
  return countText(Number(minutes), LAST_MINUTE, LAST_MINUTES);
}
