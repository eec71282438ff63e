import { PlatformRegistry } from '../runtime/platform-types.mjs';
import { asyncTypes } from './async.mjs';
import { collectionTypes } from './collections.mjs';
import { databaseTypes } from './database.mjs';
import { dateTypes } from './dates.mjs';
import { encodingTypes } from './encoding.mjs';
import { enumConstantType } from './enums.mjs';
import { exceptionTypes } from './exceptions.mjs';
import { httpTypes } from './http.mjs';
import { jsonTypes } from './json.mjs';
import { numberTypes } from './numbers.mjs';
import { recordTypes } from './records.mjs';
import { schemaTypes } from './schema.mjs';
import { stringTypes } from './strings.mjs';
import { systemTypes } from './system.mjs';
import { testingTypes } from './testing.mjs';
import { visualEditorTypes } from './visual-editor.mjs';

/** Everything the platform brings, each subject from its own file. */
export const platform = new PlatformRegistry([
  ...asyncTypes,
  ...collectionTypes,
  ...databaseTypes,
  ...dateTypes,
  ...encodingTypes,
  enumConstantType,
  ...exceptionTypes,
  ...httpTypes,
  ...jsonTypes,
  ...numberTypes,
  ...recordTypes,
  ...schemaTypes,
  ...stringTypes,
  ...systemTypes,
  ...testingTypes,
  ...visualEditorTypes
]);
