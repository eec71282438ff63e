/** Tags of an LWC template; its syntax is HTML with `{expression}` as an attribute's value. */
import { lineFinder } from './xml.mjs';

/** Comment, or an opening tag with its attributes; a value is quoted or in braces. */
const COMMENT_OR_TAG =
  /<!--[\s\S]*?-->|<([a-z][\w-]*)((?:\s+[^\s=/>]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|\{[^}]*\}|[^\s>]+))?)*)\s*\/?>/gi;
const ATTRIBUTE = /([^\s=/>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|(\{[^}]*\})|([^\s>]+)))?/g;

/**
 * Opening tags in the order they stand.
 * @param {string} source
 * @returns {{ tag: string, line: number, attributes: Map<string, string> }[]} `{text}` for an
 *   expression, '' for an attribute without a value
 */
export function tagsOf(source) {
  const lineAt = lineFinder(source);
  return [...source.matchAll(COMMENT_OR_TAG)]
    .filter(([, tag]) => tag)
    .map(({ index, 1: tag, 2: attributes }) => ({
      tag,
      line: lineAt(index),
      attributes: new Map([...attributes.matchAll(ATTRIBUTE)].map(pair))
    }));
}

function pair([, name, doubled, single, expression, bare]) {
  return [name, doubled ?? single ?? expression ?? bare ?? ''];
}
