import assert from 'node:assert/strict';
import { test } from 'node:test';
import { XMLValidator } from 'fast-xml-parser';
import { drawOffer, drawProduct } from '../browser/pictures/drawing.js';
import { MOTIFS } from '../browser/pictures/motifs.js';

const NAMES = [
  'WHITE METAL LANTERN',
  'HAND WARMER UNION JACK',
  'RED RETROSPOT MUG',
  'SOMETHING ELSE'
];

for (const name of NAMES) {
  test(`the picture of ${name} is well-formed and the same every time`, () => {
    const picture = drawProduct('85123A', name);
    assert.equal(XMLValidator.validate(picture), true);
    assert.equal(drawProduct('85123A', name), picture);
  });
}

test('offers are drawn, too, each in its own colours', () => {
  const offers = ['winter-warmers', 'baking-days', 'free-delivery'].map(drawOffer);
  assert.deepEqual(
    offers.map((offer) => XMLValidator.validate(offer)),
    [true, true, true]
  );
  assert.equal(new Set(offers).size, 3);
});

test('what a product is decides its motif', () => {
  const motifOf = (name) => MOTIFS.findIndex(([words]) => words.test(name));
  assert.notEqual(motifOf('RED RETROSPOT MUG'), motifOf('JUMBO BAG RED RETROSPOT'));
  assert.equal(motifOf('SOMETHING ELSE'), -1);
});
