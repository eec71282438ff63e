/** Components call Apex methods that exist, with the parameters these have. */
import ts from 'typescript';
import { annotation } from '../reading/apex.mjs';

const APEX_METHOD = /^@salesforce\/apex\/(?:\w+\.)??(\w+)\.(\w+)$/;

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* apexCallFaults(inventory) {
  for (const { folder, name, script } of inventory.components.values()) {
    if (!script) continue;
    const file = `${folder}/${name}.js`;
    for (const fault of scriptFaults(script, inventory)) yield { file, ...fault };
  }
}

function* scriptFaults(script, inventory) {
  for (const imported of script.imports) {
    const [, className, methodName] = APEX_METHOD.exec(imported.module) ?? [];
    if (!className) continue;
    const method = inventory
      .methods(className, methodName)
      .find((member) => annotation(member, 'auraenabled'));
    if (method) yield* callFaults(script, imported.name, method);
    else {
      const message = `there is no @AuraEnabled method ${className}.${methodName}`;
      yield { line: imported.line, message };
    }
  }
}

/** Wires and calls of one imported method; each passes one object literal, or we cannot tell. */
function* callFaults(script, localName, method) {
  for (const node of script.nodes()) {
    if (!ts.isCallExpression(node)) continue;
    const [first, second] = node.arguments;
    const isWire = node.expression.getText() === 'wire' && first?.getText() === localName;
    if (isWire) yield* wireFaults(script, second, method, node);
    else if (node.expression.getText() === localName) {
      yield* parameterFaults(script, first, method, node);
    }
  }
}

function* wireFaults(script, parameters, method, node) {
  const isCacheable = annotation(method, 'auraenabled').values.get('cacheable') === 'true';
  if (!isCacheable) {
    yield { line: script.lineOf(node), message: `a wire needs cacheable=true on ${method.name}` };
  }
  yield* parameterFaults(script, parameters, method, node);
  for (const property of objectProperties(parameters)) {
    const watched = /^'\$(\w+)/.exec(property.initializer?.getText() ?? '')?.[1];
    if (watched && !script.inherits && !script.members.has(watched)) {
      const message = `the wire waits for ${watched}, which the component does not have`;
      yield { line: script.lineOf(property), message };
    }
  }
}

/** A parameter that Apex does not know is dropped, one that is not passed arrives as null. */
function* parameterFaults(script, parameters, method, node) {
  if (parameters && !ts.isObjectLiteralExpression(parameters)) return;
  const properties = objectProperties(parameters);
  const names = properties.map((property) => property.name?.text);
  if (names.includes(undefined)) return; // spread: not to be known here
  for (const property of properties) {
    if (method.parameters.some(({ name }) => name === property.name.text)) continue;
    const message = `${method.name} has no parameter ${property.name.text}`;
    yield { line: script.lineOf(property), message };
  }
  for (const { name } of method.parameters.filter((one) => !names.includes(one.name))) {
    const message = `${method.name} is called without ${name}: pass it, or null`;
    yield { line: script.lineOf(node), message };
  }
}

function objectProperties(parameters) {
  return parameters && ts.isObjectLiteralExpression(parameters) ? [...parameters.properties] : [];
}
