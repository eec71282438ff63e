/** What compiled Apex calls `rt`: every operation of the language, gathered from its subjects. */
import * as construction from './construction.mjs';
import * as conversion from './conversion.mjs';
import * as dataAccess from './data-access.mjs';
import * as members from './members.mjs';
import * as operators from './operators.mjs';
import * as records from './records.mjs';
import * as statics from './statics.mjs';
import * as tokens from '../platform/tokens.mjs';
import { running } from './transaction.mjs';

export const language = Object.freeze({
  at: (line) => running().at(line),
  ...construction,
  ...conversion,
  ...dataAccess,
  ...members,
  ...operators,
  ...records,
  ...statics,
  ...tokens
});
