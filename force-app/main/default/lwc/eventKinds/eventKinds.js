import ACTION from '@salesforce/label/c.Personalization_Event_Action';
import CAMPAIGN from '@salesforce/label/c.Personalization_Event_Campaign';
import CART from '@salesforce/label/c.Personalization_Event_Cart';
import CATALOG from '@salesforce/label/c.Personalization_Event_Catalog';
import ORDER from '@salesforce/label/c.Personalization_Event_Order';
import PAGE from '@salesforce/label/c.Personalization_Event_Page';

/** The kinds of events, as the service names them, each with its name for readers and its icon. */
export const EVENT_KINDS = [
  { kind: 'page', label: PAGE, iconName: 'utility:page' },
  { kind: 'catalog', label: CATALOG, iconName: 'utility:preview' },
  { kind: 'cart', label: CART, iconName: 'utility:cart' },
  { kind: 'order', label: ORDER, iconName: 'utility:shopping_bag' },
  { kind: 'campaign', label: CAMPAIGN, iconName: 'utility:announcement' },
  { kind: 'action', label: ACTION, iconName: 'utility:touch_action' }
];

/** The kind of that name; a kind of a later version reads as an action. */
export function eventKind(name) {
  return EVENT_KINDS.find(({ kind }) => kind === name) ?? EVENT_KINDS.at(-1);
}
