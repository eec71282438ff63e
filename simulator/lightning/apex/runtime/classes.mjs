import { apexType } from '../values/types.mjs';

/** A class, interface or enum at run time, made from a compiled class or built in. */
export class ApexClass {
  /**
   * @param declaration a class of a compiled unit
   * @param bodies the unit's functions, which the declaration names by position
   */
  constructor(declaration, bodies = []) {
    Object.assign(this, declaration);
    this.key = this.name.toLowerCase();
    this.type = apexType(this.name);
    this.superclass = null;
    this.superinterfaces = [];
    this.fieldsByKey = new Map(this.fields.map((field) => [field.key, this.own(field, bodies)]));
    this.allMethods = this.methods.map((method) => this.own(method, bodies));
    this.allConstructors = this.constructors.map((each) => this.own(each, bodies));
    this.setup = this.initializers.map((each) => this.own({ ...each, name: '<init>' }, bodies));
    this.constantsByKey = new Map(
      this.constants.map((name, ordinal) => [
        name.toLowerCase(),
        new EnumConstant(this.type, name, ordinal)
      ])
    );
  }

  /** A member with its bodies as functions; `title` is how stack traces name it. */
  own(member, bodies) {
    const body = (position) =>
      position === null || position === undefined ? null : bodies[position];
    return {
      ...member,
      owner: this,
      file: this.file,
      title: `Class.${this.name}.${member.name}`,
      body: body(member.body),
      value: body(member.value),
      getter: body(member.getter),
      setter: body(member.setter)
    };
  }

  /** This class and its superclasses, nearest first. */
  lineage() {
    return this.superclass ? [this, ...this.superclass.lineage()] : [this];
  }

  field(key) {
    return (
      this.lineage().reduce((found, each) => found ?? each.fieldsByKey.get(key), undefined) ?? null
    );
  }

  /** Methods of a name and number of arguments that have a body, nearest class first. */
  findMethods(key, count) {
    return this.lineage().flatMap((each) =>
      each.allMethods.filter((m) => m.key === key && m.body && m.parameters.length === count)
    );
  }

  /** Whether this is the type of that key, extends it or implements it. */
  isSubtypeOf(key) {
    return this.lineage().some(
      (each) =>
        each.key === key ||
        each.interfaces.some((type) => type.key === key) ||
        each.superinterfaces.some((parent) => parent.isSubtypeOf(key))
    );
  }

  /** Whether this or a class around it is marked `@IsTest`. */
  get isTest() {
    return 'istest' in this.annotations;
  }
}

/** A class that the platform brings, without Apex source: exceptions, VisualEditor.DynamicPickList. */
export function builtInClass(name, superclass = null) {
  const none = {
    fields: [],
    methods: [],
    constructors: [],
    initializers: [],
    constants: [],
    interfaces: []
  };
  const made = new ApexClass({
    name,
    kind: 'class',
    file: null,
    modifiers: [],
    annotations: {},
    isBuiltIn: true,
    ...none
  });
  made.superclass = superclass;
  return made;
}

/** An instance of a class. Values of fields are kept by lower-case name. */
export class ApexObject {
  constructor(type) {
    this.class = type;
    this.values = new Map();
  }
}

/** An exception, of the platform's or of our own class. */
export class ApexException extends ApexObject {
  constructor(type) {
    super(type);
    this.message = null;
    this.cause = null;
    /** Lines `Class.X.y: line 3, column 1`, set when it is thrown. */
    this.trace = null;
    this.line = null;
  }
}

/** One constant of an enum; there is one object of each. */
export class EnumConstant {
  constructor(type, name, ordinal) {
    Object.assign(this, { type, name, ordinal });
    Object.freeze(this);
  }

  identity() {
    return `enum ${this.type.key}.${this.name}`;
  }
}

/** The value of `Contact.class` or `Type.forName('X')`. */
export class TypeValue {
  constructor(type) {
    this.type = type;
    Object.freeze(this);
  }

  identity() {
    return `type ${JSON.stringify(this.type)}`;
  }
}
