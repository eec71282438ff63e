import { EnumConstant } from '../runtime/classes.mjs';
import { throwApex } from '../runtime/exceptions.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { ApexList } from '../values/collections.mjs';
import { apexType } from '../values/types.mjs';

/** An enum of the platform's. */
export function enumType(name, names) {
  const type = apexType(name);
  const constants = names.map((each, ordinal) => new EnumConstant(type, each, ordinal));
  const find = (wanted) =>
    constants.find((each) => each.name.toLowerCase() === wanted.toLowerCase());
  return new PlatformType(name, {
    constants: Object.fromEntries(constants.map((each) => [each.name, each])),
    statics: {
      'values/0': () => new ApexList(type, constants),
      'valueOf/1': (wanted) =>
        find(wanted) ?? throwApex('IllegalArgumentException', `No enum constant ${name}.${wanted}`)
    }
  });
}

/** What every enum constant can do, our own and the platform's. */
export const enumConstantType = new PlatformType('Enum', {
  holds: EnumConstant,
  methods: {
    'name/0': (constant) => constant.name,
    'ordinal/0': (constant) => constant.ordinal,
    'toString/0': (constant) => constant.name,
    'equals/1': (constant, other) => constant === other,
    'hashCode/0': (constant) => constant.ordinal
  }
});
