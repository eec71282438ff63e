import { safeUrl } from 'c/safeUrl';

const REFUSED = {
  'script address': 'javascript:alert(1)',
  'script address in capitals': 'JaVaScRiPt:alert(1)',
  'script address behind a space': ' javascript:alert(1)',
  'data address': 'data:text/html,<script>alert(1)</script>',
  'blob address': 'blob:https://shop.example/1',
  'plain http': 'http://shop.example/products/1',
  'protocol-relative address': '//shop.example/products/1',
  'relative address': '/products/1',
  'scheme without slashes': 'https:shop.example',
  backslashes: 'https:\\\\shop.example',
  'backslash before the host ends': 'https://shop.example\\@evil.example',
  'user name': 'https://shop.example@evil.example/',
  'user name and password': 'https://rep:secret@shop.example/',
  'line break': 'https://shop.example/\nproducts',
  'tab inside the scheme': 'htt\tps://shop.example/',
  'null character': 'https://shop.example/\u0000',
  'delete character': 'https://shop.example/\u007f',
  'text direction override': 'https://shop.example/\u202egnp.exe',
  'zero-width space': 'https://shop\u200b.example/',
  'no host': 'https:///',
  'no valid port': 'https://shop.example:99999/',
  'too long': `https://shop.example/${'a'.repeat(2048)}`,
  'empty text': '',
  null: null,
  undefined: undefined,
  'object that turns into an address': { toString: () => 'https://shop.example/' }
};

describe('c-safe-url', () => {
  it('lets an https address through, normalised', () => {
    expect(safeUrl('https://shop.example/products/85123A?size=L#look')).toBe(
      'https://shop.example/products/85123A?size=L#look'
    );
    expect(safeUrl('HTTPS://Shop.Example/Products')).toBe('https://shop.example/Products');
  });

  it.each(Object.entries(REFUSED))('refuses: %s', (_, address) => {
    expect(safeUrl(address)).toBeNull();
  });
});
