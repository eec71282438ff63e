import { filledAddress } from 'c/filledAddress';

const VALUES = { recordId: '003A', itemId: 'tea & mug', itemType: 'Promotion' };

describe('filledAddress', () => {
  it('fills in what it knows, escaped', () => {
    expect(filledAddress('https://crm.example/o?item={itemId}&who={recordId}', VALUES)).toBe(
      'https://crm.example/o?item=tea%20%26%20mug&who=003A'
    );
  });

  it('leaves out what it does not know', () => {
    expect(filledAddress('https://crm.example/{nothing}x', VALUES)).toBe('https://crm.example/x');
  });

  it.each([undefined, '', 'http://crm.example', 'javascript:alert(1)', '/lightning/page/home'])(
    'answers null for %p',
    (address) => {
      expect(filledAddress(address, VALUES)).toBeNull();
    }
  );

  it('cannot be led to another host by a value', () => {
    expect(filledAddress('https://{itemId}', { itemId: 'evil.example/' })).toBeNull();
  });
});
