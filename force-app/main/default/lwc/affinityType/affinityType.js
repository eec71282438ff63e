import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import OTHERS from '@salesforce/label/c.Personalization_Affinities_Others';
import { affinityChange } from 'c/affinityChange';

const PERCENT = new Intl.NumberFormat(LOCALE, { style: 'percent' });
const LEAST_PERCENT = 0.01; // a smaller share would read as nothing
const ARROWS = { more: 'utility:arrowup', less: 'utility:arrowdown' };
const STENCIL_BARS = [52, 34, 23, 12]; // percent; the fall of a usual ranking

/**
 * The strongest objects of one catalog object type: bar, amount, share, change. A full bar would be
 * all of the type. Without a type it draws the grey shape of the same size.
 */
export default class AffinityType extends LightningElement {
  /** {type, label, total, items: [{id, label, amount, share, previousAmount}]} */
  @api type;
  /** One of `SHOW_BY` and of `DATE_RANGES`. */
  @api showBy;
  @api period;
  @api maxItems;

  label = { others: OTHERS };

  get typeName() {
    return this.type.label || this.type.type;
  }

  get total() {
    return this.showBy.amountText(this.type.total);
  }

  get rows() {
    return this.type.items.map((item, place) => ({
      key: `${place} ${item.id}`,
      label: item.label || item.id,
      change: this.changeOf(item),
      ...this.figuresOf(item.amount, item.share)
    }));
  }

  /** What the objects beyond the shown ones have of the total, or null. */
  get others() {
    const { items, total } = this.type;
    const amount = total - items.reduce((sum, item) => sum + item.amount, 0);
    return amount > 0 ? this.figuresOf(amount, amount / total) : null;
  }

  figuresOf(amount, share) {
    return {
      amount: this.showBy.amountText(amount),
      share: percentText(share),
      barStyle: `width: ${Math.round(share * 1000) / 10}%`
    };
  }

  changeOf(item) {
    const change = affinityChange(item, this.showBy, this.period.days);
    return (
      change && {
        ...change,
        className: `change change_${change.direction}`,
        iconName: ARROWS[change.direction]
      }
    );
  }

  get places() {
    const bars = STENCIL_BARS.slice(0, this.maxItems ?? STENCIL_BARS.length);
    return bars.map((percent) => ({ key: percent, barStyle: `width: ${percent}%` }));
  }
}

function percentText(share) {
  return share > 0 && share < LEAST_PERCENT
    ? `<${PERCENT.format(LEAST_PERCENT)}`
    : PERCENT.format(share);
}
