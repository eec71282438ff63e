import * as grammar from '@apexdevtools/apex-parser';

/** Raised when Apex or SOQL text cannot be read, or uses what the local runtime does not have. */
export class CompileFault extends Error {
  constructor(file, line, message) {
    super(`${file}:${line} ${message}`);
    this.name = 'CompileFault';
  }
}

class FirstFault extends grammar.ApexErrorListener {
  constructor(file) {
    super();
    this.file = file;
  }

  apexSyntaxError(line, column, message) {
    throw new CompileFault(this.file, line, `syntax error at column ${column + 1}: ${message}`);
  }
}

function parserFor(text, file) {
  return grammar.ApexParserFactory.createLexerAndParser(text, new FirstFault(file)).parser;
}

/** The syntax tree of one class file. */
export function parseClassFile(text, file) {
  return parserFor(text, file).compilationUnit().typeDeclaration();
}

/** The syntax tree of a query, without brackets around it; whatever follows the query is refused. */
export function parseQueryText(text, file = 'SOQL') {
  const parser = parserFor(`[${text}]`, file);
  const literal = parser.soqlLiteral();
  if (parser.getCurrentToken().type !== grammar.ApexParser.EOF) {
    throw new CompileFault(file, 1, `unexpected text after the query: ${text}`);
  }
  return literal.query();
}

/** What a node is, by the name of its grammar rule: `IfStatement`, `DotExpression`. */
export function kindOf(node) {
  return node.constructor.name.replace(/Context$/, '');
}

export function lineOf(node) {
  return node.start.line;
}

/** The elements of an optional list node; `listOf(node.typeList(), 'typeRef')`. */
export function listOf(node, rule) {
  return node ? node[`${rule}_list`]() : [];
}

/** The text of an operator that the grammar splits into several tokens, such as `> =`. */
export function operatorText(node) {
  const parts = [];
  for (let i = 1; i < node.getChildCount() - 1; i++) parts.push(node.getChild(i).getText());
  return parts.join('');
}

const ESCAPES = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** The value of an Apex or SOQL string literal, quotes and escapes resolved. */
export function stringValue(literal) {
  return literal.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, escape) => {
    if (/^u./.test(escape)) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return ESCAPES[escape] ?? escape;
  });
}
