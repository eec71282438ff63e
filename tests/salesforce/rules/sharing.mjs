/** Every class says whose records it sees: without a word, that depends on who called it. */
import { annotation, classesOf, nodes } from '../reading/apex.mjs';

const TOUCHES_RECORDS = [
  'SoqlLiteralContext',
  'SoslLiteralContext',
  'InsertStatementContext',
  'UpdateStatementContext',
  'UpsertStatementContext',
  'DeleteStatementContext',
  'UndeleteStatementContext',
  'MergeStatementContext'
];

/** Faults of one class file as `{ line, message }`; test classes are left alone. */
export function sharingFaults(apexFile) {
  const classes = classesOf(apexFile);
  if (classes.length === 0 || annotation(classes[0], 'istest')) return [];
  return classes.filter(mustSay).flatMap(({ name, line, modifiers }) => {
    const word = modifiers.find((modifier) => modifier.endsWith('sharing'));
    if (!word) return [{ line, message: `${name} states no sharing: write "with sharing"` }];
    if (word !== 'without sharing') return [];
    return [{ line, message: `${name} sees every record: "without sharing" is not for us` }];
  });
}

/** Inner classes do not inherit the word of the outer one: those that touch records need their own. */
function mustSay({ inner, node }) {
  return !inner || TOUCHES_RECORDS.some((kind) => !nodes(node, kind).next().done);
}
