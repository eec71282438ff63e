import path from 'node:path';
import { ApexErrorListener, ApexParserFactory } from '@apexdevtools/apex-parser';

/**
 * One parsed class file.
 * @typedef {{ file: string, name: string, tree: object, faults: { line: number, message: string }[] }} ApexFile
 *   `tree` is the parser's CompilationUnit, `faults` its syntax errors.
 */

class FaultCollector extends ApexErrorListener {
  faults = [];
  apexSyntaxError(line, column, message) {
    this.faults.push({ line, message });
  }
}

/** @returns {ApexFile} */
export function parseApex(file, source) {
  const listener = new FaultCollector();
  const { parser } = ApexParserFactory.createLexerAndParser(source, listener);
  const tree = parser.compilationUnit();
  return { file, name: path.posix.basename(file, '.cls'), tree, faults: listener.faults };
}

/** All nodes of a kind below `node` (itself included), e.g. `nodes(tree, 'QueryContext')`. */
export function* nodes(node, kind) {
  if (node.constructor.name === kind) yield node;
  for (const child of node.children ?? []) yield* nodes(child, kind);
}

/** Line of a node, from 1. */
export function lineOf(node) {
  return node.start.line;
}

/**
 * One class, outer or inner.
 * @typedef {{ name: string, inner: boolean, line: number, node: object, modifiers: string[],
 *   annotations: Annotation[] }} ApexClass
 */

/** The classes of a file, the outer one first; interfaces and enums are left out. */
export function classesOf({ tree }) {
  const top = tree.typeDeclaration();
  const outer = top?.classDeclaration();
  if (!outer) return [];
  return [classModel(outer, top, false), ...innerClasses(outer)];
}

function innerClasses(outer) {
  return declarationsIn(outer)
    .filter((declaration) => declaration.memberDeclaration()?.classDeclaration())
    .map((declaration) =>
      classModel(declaration.memberDeclaration().classDeclaration(), declaration, true)
    );
}

function classModel(node, declaration, inner) {
  return { name: node.id().getText(), inner, node, ...headOf(declaration) };
}

function declarationsIn(classNode) {
  return classNode.classBody()?.classBodyDeclaration_list() ?? [];
}

/**
 * One method, field or property of a class. `type` is as written without spaces (`List<Request>`,
 * `void`); `parameters` only for methods.
 * @typedef {{ kind: 'method' | 'field' | 'property', name: string, type: string, line: number,
 *   node: object, modifiers: string[], annotations: Annotation[],
 *   parameters: { name: string, type: string }[] }} Member
 */

/** Methods, fields and properties of a class, not of its inner classes. @returns {Member[]} */
export function membersOf({ node }) {
  return declarationsIn(node).flatMap((declaration) => {
    const member = declaration.memberDeclaration();
    const model = member && (methodModel(member) ?? propertyModel(member) ?? fieldModel(member));
    return model ? [{ ...model, ...headOf(declaration) }] : [];
  });
}

function methodModel(member) {
  const node = member.methodDeclaration();
  if (!node) return null;
  const written = node.formalParameters().formalParameterList()?.formalParameter_list() ?? [];
  const parameters = written.map((one) => ({
    name: one.id().getText(),
    type: one.typeRef().getText()
  }));
  const type = node.typeRef()?.getText() ?? 'void';
  return { kind: 'method', name: node.id().getText(), type, node, parameters };
}

function propertyModel(member) {
  const node = member.propertyDeclaration();
  if (!node) return null;
  return { kind: 'property', name: node.id().getText(), type: node.typeRef().getText(), node };
}

function fieldModel(member) {
  const node = member.fieldDeclaration();
  if (!node) return null;
  const name = node.variableDeclarators().variableDeclarator(0).id().getText();
  return { kind: 'field', name, type: node.typeRef().getText(), node };
}

function headOf(declaration) {
  return {
    line: lineOf(declaration),
    modifiers: modifiersOf(declaration),
    annotations: annotationsOf(declaration)
  };
}

/** Modifiers of a declaration in lower case, without annotations: `['public', 'with sharing']`. */
function modifiersOf(declaration) {
  return declaration
    .modifier_list()
    .filter((modifier) => !modifier.annotation())
    .map((modifier) => modifier.children.map((word) => word.getText().toLowerCase()).join(' '));
}

/**
 * Name and attribute names in lower case, values as written (`'Send'`, `true`).
 * @typedef {{ name: string, line: number, values: Map<string, string> }} Annotation
 */
function annotationsOf(declaration) {
  return declaration
    .modifier_list()
    .map((modifier) => modifier.annotation())
    .filter(Boolean)
    .map((annotation) => ({
      name: annotation.id().getText().toLowerCase(),
      line: lineOf(annotation),
      values: valuesOf(annotation)
    }));
}

function valuesOf(annotation) {
  const pairs = annotation.elementValuePairs()?.elementValuePair_list() ?? [];
  return new Map(
    pairs.map((pair) => [pair.id().getText().toLowerCase(), pair.elementValue().getText()])
  );
}

/** The annotation of that name (lower case) on a class or member, or undefined. */
export function annotation({ annotations }, name) {
  return annotations.find((one) => one.name === name);
}
