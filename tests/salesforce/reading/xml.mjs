import { XMLParser, XMLValidator } from 'fast-xml-parser';

const METADATA = XMLParser.getMetaDataSymbol();
const ATTRIBUTES = ':@';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  captureMetaData: true
});

/** Raised when a file is not well-formed XML; `line` is where the parser gave up. */
export class MalformedXml extends Error {
  constructor(message, line) {
    super(message);
    this.line = line;
  }
}

/** One XML element: tag, attributes, text, child elements, and the line it starts on. */
export class Element {
  constructor(tag, line, attributes, text, children) {
    Object.assign(this, { tag, line, attributes, text, children });
  }

  /** Child elements with this tag. */
  all(tag) {
    return this.children.filter((child) => child.tag === tag);
  }

  /** First child element with this tag, or undefined. */
  first(tag) {
    return this.children.find((child) => child.tag === tag);
  }

  /** Text of the first child with this tag, or undefined. */
  value(tag) {
    return this.first(tag)?.text;
  }

  /** Every element below this one with this tag, in document order. */
  within(tag) {
    return this.children.flatMap((child) => [
      ...(child.tag === tag ? [child] : []),
      ...child.within(tag)
    ]);
  }
}

/** Root element of a document. @throws {MalformedXml} */
export function parseXml(source) {
  const verdict = XMLValidator.validate(source);
  if (verdict !== true) throw new MalformedXml(verdict.err.msg, verdict.err.line);
  const root = elementsOf(parser.parse(source), lineFinder(source))[0];
  if (!root) throw new MalformedXml('the file has no element', 1);
  return root;
}

function elementsOf(nodes, lineAt) {
  return nodes.filter((node) => /^\w/.test(tagOf(node))).map((node) => elementOf(node, lineAt));
}

function elementOf(node, lineAt) {
  const inside = node[tagOf(node)];
  const text = inside.map((child) => child['#text'] ?? '').join('');
  const line = lineAt(node[METADATA].startIndex);
  return new Element(tagOf(node), line, node[ATTRIBUTES] ?? {}, text, elementsOf(inside, lineAt));
}

/** The one key of a parsed node that is its tag; `#text` and `?xml` are not elements. */
function tagOf(node) {
  return Object.keys(node).find((key) => key !== ATTRIBUTES);
}

/** Function from an offset in `source` to its line, counted from 1. */
export function lineFinder(source) {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
