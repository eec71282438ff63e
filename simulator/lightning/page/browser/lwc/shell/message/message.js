import { LightningElement, api } from 'lwc';

/** A designed message in place of something that cannot be shown. */
export default class Message extends LightningElement {
  /** Name of an icon, such as `utility:search`. */
  @api icon;
  @api title;
  @api text;
}
