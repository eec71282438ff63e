import { kindOf } from '../syntax/parse.mjs';
import { operation } from './operations.mjs';
import { dottedNames, reference } from './references.mjs';
import { localName } from './scope.mjs';

const quote = JSON.stringify;

/** JavaScript of `place = value` and of `place op= value`. */
export function assignment(node, scope) {
  const [target, source] = node.expression_list();
  const place = placeOf(target, scope);
  const value = scope.expression(source);
  if (node.ASSIGN()) return place.write(value);
  const operator = node.getChild(1).getText().slice(0, -1);
  return place.update((old) => operation(operator, old, value, node, scope));
}

/** JavaScript of `place++` and `place--`: the value before the step. */
export function stepAfter(node, scope) {
  return step(node, scope, true);
}

/** JavaScript of `++place` and `--place`. */
export function stepBefore(node, scope) {
  return step(node, scope, false);
}

function step(node, scope, answersOld) {
  const by = node.INC() ? 'rt.add' : 'rt.subtract';
  return placeOf(node.expression(), scope).update((old) => `${by}(${old}, 1)`, answersOld);
}

/**
 * What can stand on the left of an assignment: `write(code)` stores a value, `update(change,
 * answersOld)` stores what `change` makes of the old value and reads the place's own parts once.
 */
function placeOf(node, scope) {
  if (kindOf(node) === 'SubExpression') return placeOf(node.expression(), scope);
  if (kindOf(node) === 'ArrayExpression') return elementPlace(node, scope);
  if (kindOf(node) === 'DotExpression' && node.anyId()) return memberPlace(node, scope);
  const names = dottedNames(node);
  if (!names) return scope.lacks(node, `assigning to ${node.getText()}`);
  return scope.local(names[0]) ? localPlace(names[0], scope) : fieldPlace(names[0], node, scope);
}

function localPlace(name, scope) {
  const code = localName(name);
  const type = scope.typeCode(scope.local(name));
  const write = (value) => `(${code} = rt.to(${type}, ${value}))`;
  return {
    write,
    update: (change, answersOld) =>
      answersOld ? `rt.first(${code}, ${write(change(code))})` : write(change(code))
  };
}

function fieldPlace(name, node, scope) {
  const found = scope.findField(name);
  if (!found) scope.fault(node, `unknown name ${name}`);
  const raw = scope.accessorOf === found.field ? 'Raw' : '';
  if (found.field.isStatic) return staticPlace(found.owner.name, name, raw);
  return place('self', name, raw);
}

function memberPlace(node, scope) {
  const name = node.anyId().getText();
  const names = dottedNames(node.expression());
  const target = names
    ? reference(names, node, scope)
    : { code: scope.expression(node.expression()) };
  if (target.type) return staticPlace(target.type, name, '');
  const isOwnBacking = target.code === 'self' && scope.accessorOf?.key === name.toLowerCase();
  return place(target.code, name, isOwnBacking ? 'Raw' : '');
}

function place(target, name, raw) {
  return {
    write: (value) => `rt.set${raw}(${target}, ${quote(name)}, ${value})`,
    update: (change, answersOld = false) =>
      `rt.update${raw}(${target}, ${quote(name)}, (old) => ${change('old')}, ${answersOld})`
  };
}

function staticPlace(type, name, raw) {
  const where = `${quote(type)}, ${quote(name)}`;
  return {
    write: (value) => `rt.set${raw}Static(${where}, ${value})`,
    update: (change, answersOld = false) =>
      `rt.update${raw}Static(${where}, (old) => ${change('old')}, ${answersOld})`
  };
}

function elementPlace(node, scope) {
  const [list, position] = node.expression_list().map((each) => scope.expression(each));
  return {
    write: (value) => `rt.setIndex(${list}, ${position}, ${value})`,
    update: (change, answersOld = false) =>
      `rt.updateIndex(${list}, ${position}, (old) => ${change('old')}, ${answersOld})`
  };
}
