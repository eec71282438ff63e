import ACTION from '@salesforce/label/c.Personalization_Event_ItemAction';
import APPLICATION from '@salesforce/label/c.Personalization_Event_Application';
import CHANNEL from '@salesforce/label/c.Personalization_Event_Channel';
import SOURCE from '@salesforce/label/c.Personalization_Event_Source';
import TIME from '@salesforce/label/c.Personalization_Event_Time';
import URL from '@salesforce/label/c.Personalization_Event_Url';
import { momentText } from 'c/timeText';

/**
 * All that is known of an event as [{key, label, value}]: when, what and where, then what the
 * service tells of its items and the rest. Blank ones are left out.
 */
export function eventFields(event) {
  const known = [
    [TIME, momentText(event.occurredAt)],
    [ACTION, event.itemAction],
    [URL, event.url],
    [CHANNEL, event.channel],
    [APPLICATION, event.application],
    [SOURCE, event.source]
  ];
  const details = (event.details ?? []).map(({ label, value }) => [label, value]);
  return [...known, ...details]
    .filter(([, value]) => (value ?? '') !== '')
    .map(([label, value], place) => ({ key: place, label, value: String(value) }));
}
