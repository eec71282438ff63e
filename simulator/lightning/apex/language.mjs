/** What compiled Apex calls `rt`: every operation of the language, gathered from its subjects. */
import * as construction from './runtime/construction.mjs';
import * as conversion from './runtime/conversion.mjs';
import * as dataAccess from './runtime/data-access.mjs';
import * as members from './runtime/members.mjs';
import * as operators from './runtime/operators.mjs';
import * as records from './runtime/records.mjs';
import * as statics from './runtime/statics.mjs';
import * as tokens from './platform/tokens.mjs';
import { running } from './runtime/transaction.mjs';

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
