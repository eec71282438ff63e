import { parseJson } from '../json/parse.mjs';
import { typed, untyped } from '../json/read.mjs';
import { writeJson } from '../json/write.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';

export const jsonTypes = [
  new PlatformType('JSON', {
    statics: {
      'serialize/1': (value) => writeJson(value),
      'serialize/2': (value, suppressNulls) => writeJson(value, { suppressNulls }),
      'serializePretty/1': (value) => writeJson(value, { pretty: true }),
      'serializePretty/2': (value, suppressNulls) =>
        writeJson(value, { suppressNulls, pretty: true }),
      'deserialize/2': (text, { type }) => typed(parseJson(text), type),
      'deserializeStrict/2': (text, { type }) => typed(parseJson(text), type, { strict: true }),
      'deserializeUntyped/1': (text) => untyped(parseJson(text))
    }
  })
];
