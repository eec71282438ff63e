import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import RATING from '@salesforce/label/c.Personalization_Item_Rating';
import { fillLabel } from 'c/fillLabel';

const MOST = 5;
const CELL = 24; // side of the square one star is drawn in
const FIVE_STARS = Array.from({ length: MOST }, (_, index) => star(index * CELL)).join(' ');

/** A rating of 0 to 5 as stars, filled as far as earned. 0 is a rating; a missing one draws nothing. */
export default class StarRating extends LightningElement {
  @api value;
  fiveStars = FIVE_STARS;

  get isRated() {
    return Number.isFinite(this.value);
  }

  get earned() {
    return Math.min(Math.max(this.value, 0), MOST);
  }

  get earnedStyle() {
    return `width: ${(this.earned / MOST) * 100}%`;
  }

  get figure() {
    return new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 }).format(this.earned);
  }

  get spoken() {
    return fillLabel(RATING, this.figure);
  }
}

/** The outline of one five-pointed star in the square that begins at `left`, as SVG path text. */
function star(left) {
  const points = Array.from({ length: 2 * MOST }, (_, index) => {
    const radius = index % 2 ? 4.6 : 11;
    const angle = (index * Math.PI) / MOST - Math.PI / 2;
    const x = left + CELL / 2 + radius * Math.cos(angle);
    const y = CELL / 2 + radius * Math.sin(angle);
    return `${x.toFixed(2)} ${y.toFixed(2)}`;
  });
  return `M${points.join('L')}Z`;
}
