import { kindOf } from '../syntax/parse.mjs';
import { localName } from './scope.mjs';

const quote = JSON.stringify;

/**
 * What a dotted name stands for: `{code}` for a value, `{type, code: null}` for a bare type.
 * Local variables come first, then fields, then types; an unknown name is a fault.
 */
export function reference(names, node, scope) {
  const [first, ...rest] = names;
  if (scope.local(first)) return { code: readAll(localName(first), rest) };
  const field = scope.findField(first);
  if (field) return { code: readAll(readField(field, scope), rest) };
  return special(names, node, scope) ?? typeReference(names, node, scope);
}

function readAll(code, names) {
  if (!names.length) return code;
  return names.length === 1
    ? `rt.get(${code}, ${quote(names[0])})`
    : `rt.path(${code}, ${quote(names)})`;
}

/** A field by its simple name, of this object, of the class or of a class around it. */
export function readField({ owner, field }, scope) {
  const raw = scope.accessorOf === field;
  if (field.isStatic) {
    return `rt.${raw ? 'rawStatic' : 'getStatic'}(${quote(owner.name)}, ${quote(field.name)})`;
  }
  return `rt.${raw ? 'raw' : 'get'}(self, ${quote(field.name)})`;
}

/** Names the platform resolves in its own way: labels and `Schema.SObjectType.X`. */
function special(names, node, scope) {
  const keys = names.map((name) => name.toLowerCase());
  const start = ['system', 'schema'].includes(keys[0]) ? 1 : 0;
  if (keys[start] === 'label' && names.length > start + 1) {
    const label = names.at(-1);
    if (!scope.catalog.labels.has(label.toLowerCase())) {
      scope.fault(node, `unknown custom label ${label}`);
    }
    return { code: `rt.label(${quote(label)})` };
  }
  if (keys[start] === 'sobjecttype' && names.length > start + 1) {
    const describe = `rt.objectDescribe(${quote(names[start + 1])})`;
    return { code: readAll(describe, names.slice(start + 2)) };
  }
  return null;
}

function typeReference(names, node, scope) {
  for (let length = names.length; length > 0; length--) {
    const type = scope.catalog.findType(names.slice(0, length).join('.'), scope.type);
    if (type && length === names.length) return { type, code: null };
    if (type) {
      const [member, ...rest] = names.slice(length);
      return { code: readAll(staticMember(type, member, node, scope), rest) };
    }
  }
  return scope.fault(node, `unknown name ${names.join('.')}`);
}

/** A field of a type: our own static or enum constant, a platform constant, a record's field token. */
function staticMember(type, member, node, scope) {
  const { catalog } = scope;
  const own = catalog.declaration(type);
  if (own) return ownStaticMember(own, member, node, scope);
  const platformType = catalog.platform.find(type);
  if (platformType) {
    if (!platformType.hasConstant(member)) scope.lacks(node, `${type}.${member}`);
    return `rt.platformConstant(${quote(type)}, ${quote(member)})`;
  }
  if (member.toLowerCase() === 'sobjecttype') return `rt.objectToken(${quote(type)})`;
  if (!catalog.schema.find(type).field(member)) scope.fault(node, `${type} has no field ${member}`);
  return `rt.fieldToken(${quote(type)}, ${quote(member)})`;
}

function ownStaticMember(type, member, node, scope) {
  const key = member.toLowerCase();
  const isConstant = type.constants.some((each) => each.toLowerCase() === key);
  const fields = [...scope.catalog.lineage(type)].flatMap((each) => each.fields);
  if (!isConstant && !fields.some((field) => field.key === key && field.isStatic)) {
    scope.fault(node, `${type.name} has no static field ${member}`);
  }
  return `rt.getStatic(${quote(type.name)}, ${quote(member)})`;
}

/** The names of `a.b.c` when it is nothing but names, else null. */
export function dottedNames(node) {
  if (kindOf(node) === 'PrimaryExpression' && kindOf(node.primary()) === 'IdPrimary') {
    return [node.getText()];
  }
  if (kindOf(node) !== 'DotExpression' || !node.anyId() || node.QUESTIONDOT()) return null;
  const before = dottedNames(node.expression());
  return before && [...before, node.anyId().getText()];
}

/**
 * JavaScript of a chain of members, `a.b(c)?.d[0]`. `finish` adds what follows this link, so that
 * `?.` on null skips the whole rest of the chain, as Apex does.
 */
export function memberChain(node, scope, finish = (code) => code) {
  const names = dottedNames(node);
  if (names) return finish(valueOf(reference(names, node, scope), node, scope));
  if (kindOf(node) === 'ArrayExpression') return indexed(node, scope, finish);
  if (kindOf(node) !== 'DotExpression') return finish(scope.expression(node));
  return node.dotMethodCall() ? methodCall(node, scope, finish) : fields(node, scope, finish);
}

function valueOf(found, node, scope) {
  return found.code ?? scope.fault(node, `${found.type} is a type, not a value`);
}

/** One or more fields in a row: `.Account.Name` */
function fields(node, scope, finish) {
  const names = [node.anyId().getText()];
  let first = node;
  while (!first.QUESTIONDOT() && first.expression().anyId?.()) {
    first = first.expression();
    names.unshift(first.anyId().getText());
  }
  return link(first, scope, finish, (target) => readAll(target, names));
}

function indexed(node, scope, finish) {
  const [list, position] = node.expression_list();
  const index = scope.expression(position);
  return memberChain(list, scope, (code) => finish(`rt.index(${code}, ${index})`));
}

function link(node, scope, finish, member) {
  const rest = (target) => finish(member(target));
  if (!node.QUESTIONDOT()) return memberChain(node.expression(), scope, rest);
  return memberChain(
    node.expression(),
    scope,
    (code) => `rt.safely(${code}, (it) => ${rest('it')})`
  );
}

function methodCall(node, scope, finish) {
  const call = node.dotMethodCall();
  const name = call.anyId().getText();
  const args = scope.expressions(call.expressionList());
  const receiver = node.expression();
  if (receiver.getText().toLowerCase() === 'super') {
    return finish(`rt.callSuper(self, ${quote(scope.type.name)}, ${quote(name)}, [${args}])`);
  }
  const names = dottedNames(receiver);
  const found = names && reference(names, receiver, scope);
  if (found?.type) return finish(staticCall(found.type, name, args, node, scope));
  return link(node, scope, finish, (target) => `rt.call(${target}, ${quote(name)}, [${args}])`);
}

function staticCall(type, name, args, node, scope) {
  const own = scope.catalog.declaration(type);
  const what = `${type}.${name}/${args.length}`;
  if (own) {
    if (!hasStaticMethod(own, name, args.length, scope)) {
      scope.fault(node, `there is no static ${what}`);
    }
    return `rt.callStatic(${quote(type)}, ${quote(name)}, [${args}])`;
  }
  const platformType = scope.catalog.platform.find(type);
  if (!platformType) return `rt.callObjectStatic(${quote(type)}, ${quote(name)}, [${args}])`;
  if (!platformType.hasStatic(name, args.length)) scope.lacks(node, what);
  return `rt.callPlatform(${quote(type)}, ${quote(name)}, [${args}])`;
}

function hasStaticMethod(type, name, count, scope) {
  const key = name.toLowerCase();
  if (type.kind === 'enum') return key === 'values' || key === 'valueof';
  return [...scope.catalog.lineage(type)].some((owner) =>
    owner.methods.some((m) => m.key === key && m.isStatic && m.parameters.length === count)
  );
}

/** JavaScript of a call without a receiver: `this(...)`, `super(...)` or a method of these classes. */
export function ownCall(node, scope) {
  const call = node.methodCall();
  const args = scope.expressions(call.expressionList());
  if (call.THIS()) return `rt.initialize(self, ${quote(scope.type.name)}, [${args}])`;
  if (call.SUPER()) return `rt.initializeSuper(self, ${quote(scope.type.name)}, [${args}])`;
  const name = call.id().getText();
  const found = scope.findMethodOwner(name);
  if (!found) return inheritedCall(name, args, node, scope);
  const self = scope.isStatic ? 'null' : 'self';
  if (found.around !== scope.type) {
    return `rt.callStatic(${quote(found.around.name)}, ${quote(name)}, [${args}])`;
  }
  return `rt.callOwn(${self}, ${quote(scope.type.name)}, ${quote(name)}, [${args}])`;
}

/** A method that only the platform's superclass can have, such as getMessage() of an exception. */
function inheritedCall(name, args, node, scope) {
  const top = [...scope.catalog.lineage(scope.type)].at(-1);
  if (scope.isStatic || !top.supertype) scope.fault(node, `unknown method ${name}/${args.length}`);
  return `rt.call(self, ${quote(name)}, [${args}])`;
}
