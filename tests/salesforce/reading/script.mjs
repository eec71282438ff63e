/** What a component's JavaScript imports, declares and calls. */
import ts from 'typescript';

/**
 * One import. `name` is the local name of the default import, if there is one.
 * @typedef {{ module: string, name?: string, line: number }} Import
 */

/** The parsed source of one JavaScript module. */
export class Script {
  /** @param {string} source */
  constructor(source) {
    this.tree = ts.createSourceFile(
      'module.js',
      source,
      ts.ScriptTarget.Latest,
      true,
      ts.ScriptKind.JS
    );
  }

  /** Static imports and re-exports. @returns {Import[]} */
  get imports() {
    return this.tree.statements
      .filter((one) => one.moduleSpecifier)
      .map((one) => ({
        module: one.moduleSpecifier.text,
        name: one.importClause?.name?.text,
        line: this.lineOf(one)
      }));
  }

  /** The class that the module exports by default: the component. Undefined for plain modules. */
  get component() {
    return this.tree.statements.find(
      (one) =>
        ts.isClassDeclaration(one) &&
        one.modifiers?.some((word) => word.kind === ts.SyntaxKind.DefaultKeyword)
    );
  }

  /** Names of the component's fields, accessors and methods. */
  get members() {
    return namesOf(this.component?.members ?? []);
  }

  /** Names that others may set: fields and accessors marked @api. */
  get publicMembers() {
    return namesOf((this.component?.members ?? []).filter((member) => decorator(member, 'api')));
  }

  /** Does the component have members that are not in this file? */
  get inherits() {
    const parents = this.component?.heritageClauses?.[0]?.types ?? [];
    return parents.some((parent) => !parent.getText().includes('LightningElement'));
  }

  lineOf(node) {
    return this.tree.getLineAndCharacterOfPosition(node.getStart(this.tree)).line + 1;
  }

  /** Every node of the tree, depth first. */
  *nodes(node = this.tree) {
    yield node;
    for (const child of node.getChildren(this.tree)) yield* this.nodes(child);
  }
}

function namesOf(members) {
  return new Set(members.map((member) => member.name?.text).filter(Boolean));
}

/** The decorator of that name on a class member, or undefined. */
function decorator(member, name) {
  const all = ts.canHaveDecorators(member) ? (ts.getDecorators(member) ?? []) : [];
  return all.find((one) => one.expression.getText().split('(')[0] === name);
}
