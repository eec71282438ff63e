import { CompileFault, lineOf, listOf } from '../syntax/parse.mjs';

/**
 * Where a piece of code stands: its class, whether it is static, and the local variables it sees.
 * `types` collects the resolved types that the generated code refers to by position, `lines` the
 * executable ones; `translate(node, scope)` makes JavaScript of an expression.
 */
export class Scope {
  constructor({ catalog, type, isStatic, types, translate, accessorOf = null, lines = null }) {
    Object.assign(this, { catalog, type, isStatic, types, translate, accessorOf, lines });
    this.blocks = [new Map()];
  }

  /** Refuse what the runtime does not have, naming file and line. */
  lacks(node, what) {
    throw new CompileFault(this.type.file, lineOf(node), `the local runtime lacks ${what}`);
  }

  fault(node, message) {
    throw new CompileFault(this.type.file, lineOf(node), message);
  }

  /** JavaScript of one expression. */
  expression(node) {
    return this.translate(node, this);
  }

  /** JavaScript of each expression of an optional list node. */
  expressions(listNode) {
    return listOf(listNode, 'expression').map((each) => this.expression(each));
  }

  /** Translate something inside a block of its own. */
  within(translate) {
    this.blocks.push(new Map());
    try {
      return translate();
    } finally {
      this.blocks.pop();
    }
  }

  /** Declare a local variable; answers its JavaScript name. Apex does not let one hide another. */
  declare(name, type, node) {
    if (this.local(name)) this.fault(node, `duplicate variable ${name}`);
    this.blocks.at(-1).set(name.toLowerCase(), type);
    return localName(name);
  }

  /** The declared type of a local variable, or null. */
  local(name) {
    const key = name.toLowerCase();
    return this.blocks.findLast((block) => block.has(key))?.get(key) ?? null;
  }

  /** The expression `types[n]` that stands for a resolved type in generated code. */
  typeCode(type) {
    const text = JSON.stringify(type);
    const known = this.types.findIndex((each) => JSON.stringify(each) === text);
    if (known >= 0) return `types[${known}]`;
    return `types[${this.types.push(type) - 1}]`;
  }

  resolve(node) {
    return this.catalog.resolve(node, this.type);
  }

  /** A field or property by simple name: `{owner, field}` of this class, a superclass or an outer class. */
  findField(name) {
    const key = name.toLowerCase();
    for (let around = this.type; around; around = around.outer) {
      for (const owner of this.catalog.lineage(around)) {
        const field = owner.fields.find((each) => each.key === key);
        if (field && (around === this.type || field.isStatic)) return { owner, field };
      }
    }
    return null;
  }

  /** The class, this one or one around it, that has a method of this name; or null. */
  findMethodOwner(name) {
    const key = name.toLowerCase();
    for (let around = this.type; around; around = around.outer) {
      for (const owner of this.catalog.lineage(around)) {
        if (owner.methods.some((method) => method.key === key)) return { around, owner };
      }
    }
    return null;
  }

  /** Remember an executable line and answer the code that marks it as reached. */
  at(node) {
    const line = lineOf(node);
    this.lines?.add(line);
    return `rt.at(${line});`;
  }
}

export function localName(name) {
  return `$${name.toLowerCase()}`;
}
