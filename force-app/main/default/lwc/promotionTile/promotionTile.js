import { LightningElement, api } from 'lwc';
import ACTION from '@salesforce/label/c.Personalization_Item_Action';
import { safeUrl } from 'c/safeUrl';

/**
 * One promotion. With a picture the name leads; without one it is an action, and its call to action
 * leads in the picture's place. Without an item it draws the grey shape of the same size. The slot
 * "answers" stands below it. Fires `details` when its page is opened.
 */
export default class PromotionTile extends LightningElement {
  @api item;
  @api removeImage = false;
  @api removeDetailsButton = false;
  @api removeDescription = false;

  label = { action: ACTION };

  get isAction() {
    return !this.item.imageUrl;
  }

  get hasPanel() {
    return this.isAction && this.keepsImage;
  }

  get hasPicture() {
    return !this.isAction && this.keepsImage;
  }

  get hasOwnHeadline() {
    return !this.hasPanel;
  }

  get headline() {
    const { name, ctaText, id } = this.item;
    return (this.isAction ? ctaText || name : name || ctaText) || id;
  }

  get subline() {
    const { name, ctaText } = this.item;
    const other = this.isAction ? name : ctaText;
    return other === this.headline ? null : other;
  }

  get description() {
    return this.removeDescription ? null : this.item.description;
  }

  get hasText() {
    return Boolean(this.hasOwnHeadline || this.subline || this.description);
  }

  get hasDetails() {
    return this.keepsDetails && safeUrl(this.item.url) !== null;
  }

  /** Keeps the room of a usual description, so that nothing moves when the item takes the grey shape's place. */
  get textClass() {
    return this.keepsDescription ? 'text text_described' : 'text';
  }

  handleDetails() {
    this.dispatchEvent(new CustomEvent('details'));
  }

  get keepsImage() {
    return !this.removeImage;
  }

  get keepsDescription() {
    return !this.removeDescription;
  }

  get keepsDetails() {
    return !this.removeDetailsButton;
  }
}
