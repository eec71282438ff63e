import { apexType } from '../values/types.mjs';
import { CompileFault, lineOf, listOf } from '../syntax/parse.mjs';

/**
 * Every type that source may name: our own classes, the platform's and the org's objects.
 * `platform.find(name)` and `schema.find(name)` answer null for names they do not know; `labels`
 * holds the custom labels' names in lower case.
 */
export class Catalog {
  constructor(declarations, { platform, schema, labels }) {
    this.declarations = new Map(declarations.map((type) => [type.key, type]));
    this.platform = platform;
    this.schema = schema;
    this.labels = labels;
    for (const type of declarations) this.linkSupertype(type);
  }

  linkSupertype(type) {
    type.supertype = type.superNode ? this.resolve(type.superNode, type) : null;
    type.interfaces = type.interfaceNodes.map((node) => this.resolve(node, type));
  }

  /** The declaration of one of our classes by full name, or null. */
  declaration(name) {
    return this.declarations.get(name.toLowerCase()) ?? null;
  }

  /** The type and its superclasses that are our own, nearest first. */
  *lineage(type) {
    for (let each = type; each; each = each.supertype && this.declaration(each.supertype.name)) {
      yield each;
    }
  }

  /** Turn a type's syntax node into a resolved type; an unknown name is a fault. */
  resolve(node, from) {
    if (!node) return apexType('void');
    const parts = node.typeName_list();
    const name = parts.map((part) => part.getText().split('<')[0]).join('.');
    const typeArguments = listOf(parts.at(-1).typeArguments()?.typeList(), 'typeRef');
    const args = typeArguments.map((argument) => this.resolve(argument, from));
    const type = this.resolveName(name, from, args, node);
    return node.arraySubscripts()?.getText() ? apexType('List', type) : type;
  }

  resolveName(name, from, args, node) {
    const found = this.findType(name, from);
    if (!found) throw new CompileFault(from.file, lineOf(node), `unknown type ${name}`);
    return apexType(found, ...args);
  }

  /** The full spelling of a type as seen from inside `from`, or null. */
  findType(name, from) {
    return (
      this.findOwnType(name, from) ??
      this.platform.find(name)?.name ??
      this.schema.find(plain(name))?.name ??
      null
    );
  }

  /** Inner types of the class, of its superclasses and of the classes around it come first. */
  findOwnType(name, from) {
    for (let around = from; around; around = around.outer) {
      for (const type of this.lineage(around)) {
        const inner = this.declaration(`${type.name}.${name}`);
        if (inner) return inner.name;
      }
    }
    return this.declaration(name)?.name ?? null;
  }
}

function plain(name) {
  return name.replace(/^schema\./i, '');
}
