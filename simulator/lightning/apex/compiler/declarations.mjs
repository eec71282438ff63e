import { CompileFault, lineOf, listOf } from '../syntax/parse.mjs';

/**
 * Read what a class file declares, before any code is translated: names, kinds and syntax nodes of
 * its types and their members. References to types stay syntax nodes until all files are read.
 * @returns the declared types, the outer one first
 */
export function readDeclarations(unit, file) {
  const found = [];
  readType(unit, unit.modifier_list(), { file, outer: null, found });
  return found;
}

function readType(node, modifierNodes, { file, outer, found }) {
  const simpleName = typeNode(node).id().getText();
  const type = {
    file,
    simpleName,
    outer,
    name: outer ? `${outer.name}.${simpleName}` : simpleName,
    line: lineOf(node),
    ...readModifiers(modifierNodes),
    ...emptyMembers()
  };
  type.key = type.name.toLowerCase();
  found.push(type);
  if (node.enumDeclaration()) readEnum(node.enumDeclaration(), type);
  else if (node.interfaceDeclaration()) readInterface(node.interfaceDeclaration(), type);
  else readClass(node.classDeclaration(), type, found);
  return type;
}

function typeNode(node) {
  return node.classDeclaration() ?? node.interfaceDeclaration() ?? node.enumDeclaration();
}

function emptyMembers() {
  return {
    kind: 'class',
    superNode: null,
    interfaceNodes: [],
    fields: [],
    methods: [],
    constructors: [],
    initializers: [],
    constants: []
  };
}

function readEnum(node, type) {
  type.kind = 'enum';
  type.constants = listOf(node.enumConstants(), 'id').map((id) => id.getText());
}

function readInterface(node, type) {
  type.kind = 'interface';
  type.interfaceNodes = listOf(node.typeList(), 'typeRef');
  for (const method of listOf(node.interfaceBody(), 'interfaceMethodDeclaration')) {
    type.methods.push(readMethod(method, method.modifier_list()));
  }
}

function readClass(node, type, found) {
  type.superNode = node.typeRef();
  type.interfaceNodes = listOf(node.typeList(), 'typeRef');
  for (const part of node.classBody().classBodyDeclaration_list()) {
    if (part.block()) {
      type.initializers.push({
        isStatic: Boolean(part.STATIC()),
        line: lineOf(part),
        node: part.block()
      });
    } else if (part.memberDeclaration()) {
      readMember(part.memberDeclaration(), part.modifier_list(), type, found);
    }
  }
}

function readMember(node, modifierNodes, type, found) {
  if (node.fieldDeclaration()) {
    type.fields.push(...readFields(node.fieldDeclaration(), modifierNodes));
  } else if (node.propertyDeclaration()) {
    type.fields.push(readProperty(node.propertyDeclaration(), modifierNodes));
  } else if (node.methodDeclaration()) {
    type.methods.push(readMethod(node.methodDeclaration(), modifierNodes));
  } else if (node.constructorDeclaration?.()) {
    type.constructors.push(readConstructor(node.constructorDeclaration(), modifierNodes));
  } else if (typeNode(node)) {
    readType(node, modifierNodes, { file: type.file, outer: type, found });
  } else {
    throw new CompileFault(
      type.file,
      lineOf(node),
      `the local runtime lacks this member: ${node.getText()}`
    );
  }
}

function readFields(node, modifierNodes) {
  return listOf(node.variableDeclarators(), 'variableDeclarator').map((declarator) => ({
    ...named(declarator),
    ...readModifiers(modifierNodes),
    typeNode: node.typeRef(),
    valueNode: declarator.expression(),
    accessors: null
  }));
}

function readProperty(node, modifierNodes) {
  const accessors = { getter: null, setter: null };
  for (const block of node.propertyBlock_list()) {
    if (block.getter()) accessors.getter = block.getter().block();
    if (block.setter()) accessors.setter = block.setter().block();
  }
  return {
    ...named(node),
    ...readModifiers(modifierNodes),
    typeNode: node.typeRef(),
    valueNode: null,
    accessors
  };
}

function readMethod(node, modifierNodes) {
  return {
    ...named(node),
    ...readModifiers(modifierNodes),
    typeNode: node.typeRef(),
    parameters: readParameters(node.formalParameters()),
    bodyNode: node.block?.() ?? null
  };
}

function readConstructor(node, modifierNodes) {
  return {
    name: '<init>',
    key: '<init>',
    line: lineOf(node),
    ...readModifiers(modifierNodes),
    typeNode: null,
    parameters: readParameters(node.formalParameters()),
    delegates: /^\{(this|super)\(/i.test(node.block().getText()),
    bodyNode: node.block()
  };
}

function readParameters(node) {
  return listOf(node.formalParameterList(), 'formalParameter').map((parameter) => ({
    ...named(parameter),
    typeNode: parameter.typeRef()
  }));
}

function named(node) {
  const name = node.id().getText();
  return { name, key: name.toLowerCase(), line: lineOf(node) };
}

/** `{modifiers: ['public', 'static'], isStatic, annotations: {auraenabled: {cacheable: 'true'}}}` */
function readModifiers(nodes) {
  const modifiers = nodes
    .filter((node) => !node.annotation())
    .map((node) => node.getText().toLowerCase());
  const annotations = {};
  for (const node of nodes.filter((each) => each.annotation())) {
    const annotation = node.annotation();
    annotations[annotation.id().getText().toLowerCase()] = readAnnotation(annotation);
  }
  if (modifiers.includes('testmethod')) annotations.istest = {};
  return { modifiers, isStatic: modifiers.includes('static'), annotations };
}

function readAnnotation(annotation) {
  const pairs = listOf(annotation.elementValuePairs(), 'elementValuePair');
  return Object.fromEntries(
    pairs.map((pair) => [
      pair.id().getText().toLowerCase(),
      pair.elementValue().getText().replace(/^'|'$/g, '')
    ])
  );
}
