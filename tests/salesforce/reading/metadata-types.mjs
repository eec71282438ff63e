/**
 * The types of the Metadata API at version 65, read from the declarations that `@salesforce/types`
 * generates from its WSDL (about 2,700 of them).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';

const require = createRequire(import.meta.url);

/**
 * What an element may hold: one of `values`, or text of a primitive kind, or elements of a named
 * type. `many` = may be repeated, `optional` = may be missing.
 * @typedef {{ name?: string, values?: string[], many?: boolean, optional?: boolean }} Shape
 */

const PRIMITIVES = new Map([
  [ts.SyntaxKind.StringKeyword, 'string'],
  [ts.SyntaxKind.NumberKeyword, 'number'],
  [ts.SyntaxKind.BooleanKeyword, 'boolean']
]);

/** Metadata types by name. */
export class MetadataTypes {
  #declarations = new Map();

  /** @param {string} source text of a declaration file */
  constructor(source) {
    const tree = ts.createSourceFile('metadata.d.ts', source, ts.ScriptTarget.Latest);
    tree.forEachChild((node) => {
      if (ts.isTypeAliasDeclaration(node)) this.#declarations.set(node.name.text, node.type);
    });
  }

  /** The types of the installed package. */
  static installed() {
    const folder = path.dirname(require.resolve('@salesforce/types/metadata'));
    return new MetadataTypes(readFileSync(path.join(folder, 'metadata.d.ts'), 'utf8'));
  }

  has(name) {
    return this.#declarations.has(name);
  }

  /** Shape behind a type name: allowed values, or undefined for a type with elements. */
  valuesOf(name) {
    const type = this.#declarations.get(name);
    return type && literals(type);
  }

  /**
   * Elements of a type by tag, inherited ones included; undefined for anything but a type with
   * elements. @returns {Map<string, Shape> | undefined}
   */
  elementsOf(name) {
    const type = this.#declarations.get(name);
    return type && !literals(type) ? this.#elementsIn(type) : undefined;
  }

  #elementsIn(type) {
    if (ts.isTypeReferenceNode(type)) return this.elementsOf(type.typeName.text) ?? new Map();
    if (ts.isIntersectionTypeNode(type)) {
      return new Map(type.types.flatMap((part) => [...this.#elementsIn(part)]));
    }
    if (!ts.isTypeLiteralNode(type)) return new Map();
    return new Map(type.members.filter(ts.isPropertySignature).map(elementOf));
  }
}

function elementOf(property) {
  const optional = Boolean(property.questionToken);
  return [property.name.text, { ...shapeOf(property.type), optional }];
}

/** @returns {Shape} */
function shapeOf(type) {
  if (ts.isArrayTypeNode(type)) return { ...shapeOf(type.elementType), many: true };
  if (ts.isTypeReferenceNode(type)) return { name: type.typeName.text };
  const values = literals(type);
  return values ? { values } : { name: PRIMITIVES.get(type.kind) ?? 'any' };
}

/** Texts of a literal or of a union of literals, e.g. `'Active' | 'Deleted'`; else undefined. */
function literals(type) {
  const parts = ts.isUnionTypeNode(type) ? type.types : [type];
  const texts = parts.map((part) => ts.isLiteralTypeNode(part) && part.literal.text);
  return texts.every((text) => typeof text === 'string') ? texts : undefined;
}
