/** Pictures of the simulated shop, drawn from an item's id and name: the same ones every time. */
import { ANY_MOTIF, MOTIFS, OFFER_MOTIF } from './motifs.js';

/** Ground, ink and accent, chosen to sit well beside Lightning's own blues. */
const PALETTES = [
  ['#fdeee6', '#c4572e', '#f2b48c'],
  ['#e8f1fb', '#2a5d97', '#8fbbe8'],
  ['#edf6ec', '#3f7a45', '#a5d0a0'],
  ['#f6ecf7', '#7d4a8a', '#d3aadb'],
  ['#fff6dd', '#a87410', '#f3cf76'],
  ['#e6f5f4', '#1f7372', '#8fd0cb'],
  ['#fbe9ee', '#a83a5c', '#eea4b8'],
  ['#eeeef7', '#4b4f92', '#b3b6e2']
];

/** Patterns that some product names promise. */
const PATTERNS = [
  [/RETROSPOT|POLKA ?DOT/, '<circle cx="12" cy="12" r="5"/>'],
  [/UNION|LONDON|STRIPE/, '<path d="M0 0h6v24H0Z"/>'],
  [/VINTAGE|RETRO|REGENCY|ANTIQUE/, '<path d="M12 4 20 12 12 20 4 12Z"/>']
];

/** A square picture of a product of the shop. */
export function drawProduct(id, name) {
  const motif = MOTIFS.find(([words]) => words.test(name))?.[1] ?? ANY_MOTIF;
  const pattern = PATTERNS.find(([words]) => words.test(name))?.[1] ?? '';
  const scene = `<circle cx="200" cy="200" r="140" class="paper"/>
    <g transform="translate(110 110) scale(1.8)">${motif}</g>`;
  return draw(id, 400, 400, pattern, scene);
}

/** A wide picture of an offer. */
export function drawOffer(name) {
  const scene = `<circle cx="620" cy="60" r="190" class="accent" opacity=".35"/>
    <circle cx="120" cy="330" r="150" class="accent" opacity=".35"/>
    <circle cx="400" cy="180" r="130" class="paper"/>
    <g transform="translate(316 96) scale(1.68)">${motifOfOffer(name)}</g>`;
  return draw(name, 800, 360, '', scene);
}

function motifOfOffer(name) {
  const words = name.toUpperCase().replaceAll('-', ' ').replace('WARMERS', 'HAND WARMER');
  return MOTIFS.find(([known]) => known.test(words))?.[1] ?? OFFER_MOTIF;
}

function draw(seed, width, height, pattern, scene) {
  const [ground, ink, accent] = PALETTES[hash(seed) % PALETTES.length];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
  <style>.paper{fill:#fff}.accent{fill:${accent}}</style>
  <defs><pattern id="p" width="48" height="48" patternUnits="userSpaceOnUse" patternTransform="rotate(30) scale(1.4)">${pattern}</pattern></defs>
  <rect width="100%" height="100%" fill="${ground}"/>
  <g fill="${accent}" opacity=".55"><rect width="100%" height="100%" fill="url(#p)"/></g>
  <g fill="${ink}">${scene}</g>
</svg>`;
}

/** FNV-1a; spreads ids that differ in one character. */
function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 0x01000193);
  return value >>> 0;
}
