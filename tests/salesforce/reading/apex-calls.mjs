/**
 * Which methods a method may reach, by the names in the source: unqualified calls, `Class.method()`,
 * `new Class().method()` and calls on a variable, parameter or field declared with one of our
 * classes. Calls through interfaces, casts and chained results are not followed.
 */
import { classesOf, membersOf, nodes } from './apex.mjs';

/** Methods of all classes of a project, to be walked call by call. */
export class CallGraph {
  #classes = new Map();

  /** @param {import('./apex.mjs').ApexFile[]} apexFiles */
  constructor(apexFiles) {
    for (const apexFile of apexFiles) {
      for (const one of classesOf(apexFile)) this.#classes.set(one.name.toLowerCase(), one);
    }
  }

  /** Does `method` of `owner`, or anything it reaches, satisfy the predicate on a method's node? */
  reaches(owner, method, predicate, seen = new Set()) {
    if (seen.has(method.node)) return false;
    seen.add(method.node);
    if (predicate(method.node)) return true;
    return this.#calledBy(owner, method).some(([target, next]) =>
      this.reaches(target, next, predicate, seen)
    );
  }

  #calledBy(owner, method) {
    const types = declaredTypes(owner, method);
    const own = [...nodes(method.node, 'MethodCallContext')].flatMap((call) =>
      methodsNamed(owner, call.id()?.getText())
    );
    const others = [...nodes(method.node, 'DotExpressionContext')].flatMap((call) =>
      methodsNamed(this.#receiver(call, types), call.dotMethodCall()?.anyId().getText())
    );
    return [...own, ...others];
  }

  /** The class of ours that a dotted call is made on, or undefined. */
  #receiver(call, types) {
    const created = call
      .expression()
      .getText()
      .match(/^\(?new(\w+)\(/i)?.[1];
    const written = (created ?? call.expression().getText()).toLowerCase();
    return this.#classes.get(types.get(written) ?? written);
  }
}

function methodsNamed(owner, name) {
  if (!owner || !name) return [];
  return membersOf(owner)
    .filter((member) => member.kind === 'method' && sameName(member.name, name))
    .map((member) => [owner, member]);
}

function sameName(one, other) {
  return one.toLowerCase() === other.toLowerCase();
}

/** Declared types by variable name, both in lower case: fields, parameters, locals. */
function declaredTypes(owner, method) {
  const fields = membersOf(owner).filter((member) => member.kind !== 'method');
  const known = [...fields, ...method.parameters].map(({ name, type }) => [name, type]);
  const locals = [...nodes(method.node, 'LocalVariableDeclarationContext')].flatMap((local) =>
    local
      .variableDeclarators()
      .variableDeclarator_list()
      .map((variable) => [variable.id().getText(), local.typeRef().getText()])
  );
  return new Map([...known, ...locals].map((pair) => pair.map((text) => text.toLowerCase())));
}
