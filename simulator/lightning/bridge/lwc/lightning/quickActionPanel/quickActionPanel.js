/**
 * Stands in for `lightning-quick-action-panel`: header, body and footer of a quick action's dialogue.
 * Source: Component Reference, "Quick Action Panel" (`header`, slot `footer`).
 */
import { LightningElement, api } from 'lwc';

export default class QuickActionPanel extends LightningElement {
  @api header;
}
