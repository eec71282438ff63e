/** `Contact.SObjectType`: stands for an object. */
export class ObjectToken {
  constructor(object) {
    this.object = object;
  }

  identity() {
    return `object ${this.object.name}`;
  }

  toString() {
    return this.object.name;
  }
}

/** `Contact.Email`: stands for a field. */
export class FieldToken {
  constructor(object, field) {
    this.object = object;
    this.field = field;
  }

  identity() {
    return `field ${this.object.name}.${this.field.name}`;
  }

  toString() {
    return this.field.name;
  }
}

/** What Schema.DescribeSObjectResult tells of an object. */
export class ObjectDescribe {
  constructor(object) {
    this.object = object;
  }
}

/** What Schema.DescribeFieldResult tells of a field. */
export class FieldDescribe {
  constructor(object, field) {
    this.object = object;
    this.field = field;
  }
}

/** The `fields` of an object's describe. */
export class FieldMap {
  constructor(object) {
    this.object = object;
  }
}
