/**
 * Motifs of the drawn pictures: words in a product's name, and a simple shape for them.
 * Shapes stand in a box of 100 by 100; `currentColor` is the ink, `var(--paper)` the ground.
 */
export const MOTIFS = [
  [
    /CHRISTMAS|ADVENT|SANTA|REINDEER|SNOW|BAUBLE|WREATH/,
    `<path d="M50 12 68 38H58L76 62H62L82 88H18L38 62H24L42 38H32Z"/>
     <circle cx="50" cy="10" r="6" class="accent"/>`
  ],
  [
    /HAND WARMER|HOT WATER|HOTTIE|COSY/,
    `<rect x="42" y="8" width="16" height="14" rx="4"/>
     <path d="M36 24h28c12 8 16 20 16 34 0 20-8 32-30 32S20 78 20 58c0-14 4-26 16-34Z"/>
     <path class="accent" d="M50 72 36 58c-5-6 0-15 7-14 4 0 6 3 7 6 1-3 3-6 7-6 7-1 12 8 7 14Z"/>`
  ],
  [
    /LANTERN|CANDLE|T-LIGHT|TEALIGHT|LIGHT|LAMP/,
    `<path class="accent" d="M50 8c8 12 12 17 12 24a12 12 0 0 1-24 0c0-7 4-12 12-24Z"/>
     <rect x="38" y="48" width="24" height="34" rx="3"/>
     <rect x="26" y="82" width="48" height="8" rx="4"/>`
  ],
  [
    /HEART/,
    `<path d="M50 88 18 54C6 40 14 18 33 18c9 0 14 5 17 12 3-7 8-12 17-12 19 0 27 22 15 36Z"/>`
  ],
  [
    /CAKE|JAM|BAKING|COOKIE|CUPCAKE|BREAD|BISCUIT|PANTRY/,
    `<path d="M22 52h56l-8 36H30Z"/>
     <path class="accent" d="M20 52c-4-16 10-20 14-20 2-12 30-14 32 0 6 0 18 4 14 20Z"/>
     <circle cx="50" cy="16" r="6"/>`
  ],
  [
    /MUG|CUP|TEA|BOWL|JUG|GLASS|COFFEE/,
    `<path d="M18 34h50v34c0 12-8 20-20 20H38c-12 0-20-8-20-20Z"/>
     <path d="M68 42h8c16 0 16 28 0 28h-8v-8h6c6 0 6-12 0-12h-6Z"/>
     <path class="accent" d="M34 10c8 6-6 10 2 16h-6c-8-6 6-10-2-16Zm18 0c8 6-6 10 2 16h-6c-8-6 6-10-2-16Z"/>`
  ],
  [
    /BAG|PURSE|SHOPPER|BASKET|LUGGAGE|UMBRELLA/,
    `<path d="M20 36h60l6 52H14Z"/>
     <path d="M34 44V30c0-22 32-22 32 0v14h-7V30c0-12-18-12-18 0v14Z"/>
     <circle cx="50" cy="64" r="9" class="accent"/>`
  ],
  [
    /DOLL|TOY|JIGSAW|PAINT|PLAY|SPACEBOY|SKITTLES|DOMINO|FELTCRAFT|BLOCK|BALLOON|SPINNING/,
    `<rect x="14" y="50" width="34" height="38" rx="5"/>
     <rect x="52" y="50" width="34" height="38" rx="5"/>
     <rect x="33" y="10" width="34" height="36" rx="5" class="accent"/>`
  ],
  [
    /CARD|NOTEBOOK|PEN|WRAP|RIBBON|TISSUE|STICKER|CALENDAR|GIFT|STATIONERY|TAG|BOX/,
    `<rect x="16" y="40" width="68" height="48" rx="4"/>
     <rect x="12" y="28" width="76" height="16" rx="4"/>
     <path class="accent" d="M44 28h12v60H44ZM50 28C38 4 22 12 26 22c2 5 14 6 24 6 10 0 22-1 24-6 4-10-12-18-24 6Z"/>`
  ],
  [
    /CLOCK/,
    `<circle cx="50" cy="50" r="38"/><circle cx="50" cy="50" r="28" class="paper"/>
     <path d="M47 30h6v18l13 9-3 5-16-10Z"/>`
  ],
  [
    /ROSE|FLOWER/,
    `<path d="M47 50h6v40h-6Z"/><circle cx="36" cy="30" r="14"/><circle cx="64" cy="30" r="14"/>
     <circle cx="38" cy="50" r="14"/><circle cx="62" cy="50" r="14"/><circle cx="50" cy="40" r="11" class="accent"/>`
  ],
  [
    /SIGN|FRAME|DOORMAT|CUSHION|DRAWER|HOOK|HANGER|MIRROR|RACK|VASE|DECORATION/,
    `<path d="M50 14 88 46H78v42H22V46H12Z"/><path class="accent" d="M42 60h16v28H42Z"/>`
  ]
];

/** For names without a word we know: a parcel. */
export const ANY_MOTIF = `<path d="M50 10 86 28v44L50 90 14 72V28Z"/>
  <path class="accent" d="M50 10 86 28 50 46 14 28Z"/>`;

/** For offers: a price tag. */
export const OFFER_MOTIF = `<path d="M12 14h38l40 40a8 8 0 0 1 0 11L65 90a8 8 0 0 1-11 0L12 50Z"/>
  <circle cx="32" cy="34" r="8" class="paper"/>
  <path class="accent" d="m44 62 22-4-14 16Z"/>`;
