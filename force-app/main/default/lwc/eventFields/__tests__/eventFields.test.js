import { eventFields } from 'c/eventFields';

describe('c-event-fields', () => {
  it('lists all that is known, the details of the event last', () => {
    const fields = eventFields({
      occurredAt: '2026-11-21T20:00:00.000Z',
      name: 'View Item',
      itemAction: 'View Item',
      url: 'https://shop.example/p/1',
      channel: 'Web',
      application: 'Shop',
      source: 'site',
      details: [{ label: 'Product', value: 'Teapot (T1), 2.55 GBP' }]
    });
    expect(fields.map(({ label }) => label)).toEqual([
      'Time',
      'Item action',
      'URL',
      'Channel',
      'Application',
      'Source',
      'Product'
    ]);
    expect(fields.at(-1).value).toBe('Teapot (T1), 2.55 GBP');
    expect(new Set(fields.map(({ key }) => key)).size).toBe(fields.length);
  });

  it('leaves out what the event does not say, but keeps a zero', () => {
    const details = [
      { label: 'Blank', value: '' },
      { label: 'Depth', value: 0 }
    ];
    const fields = eventFields({ occurredAt: '2026-11-21T20:00:00.000Z', details });
    expect(fields.map(({ label, value }) => [label, value]).slice(1)).toEqual([['Depth', '0']]);
    expect(eventFields({ occurredAt: '2026-11-21T20:00:00.000Z' })).toHaveLength(1);
  });
});
