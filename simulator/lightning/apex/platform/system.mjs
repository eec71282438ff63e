import { TypeValue } from '../runtime/classes.mjs';
import { construct } from '../runtime/construction.mjs';
import { equalValues } from '../runtime/equality.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { textOf } from '../runtime/text.mjs';
import { running } from '../runtime/transaction.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';
import { apexType } from '../values/types.mjs';
import { asyncStatics } from './async.mjs';
import { enumType } from './enums.mjs';
import { systemAsserts } from './testing.mjs';

const LEVELS = ['NONE', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'FINE', 'FINER', 'FINEST'];

function debug(...values) {
  running().debugLog.push(textOf(values.at(-1)));
  return null;
}

/** What every Apex value can do. */
const object = new PlatformType('Object', {
  methods: {
    'toString/0': textOf,
    'equals/1': equalValues,
    'hashCode/0': (value) =>
      [...textOf(value)].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) | 0, 7)
  }
});

function typeNamed(name) {
  const { program } = running();
  const found =
    program.findClass(name)?.name ??
    program.platform.find(name)?.name ??
    program.schema.find(name)?.name;
  return found ? new TypeValue(apexType(found)) : null;
}

/** The part of Limits that is counted; limits themselves are not enforced. */
const limits = {
  'getCallouts/0': () => running().used.callouts,
  'getLimitCallouts/0': () => 100,
  'getQueries/0': () => running().used.queries,
  'getLimitQueries/0': () => 100,
  'getDmlStatements/0': () => running().used.dmlStatements,
  'getLimitDmlStatements/0': () => 150,
  'getCpuTime/0': () => 0,
  'getLimitCpuTime/0': () => 10_000,
  'getHeapSize/0': () => 0,
  'getLimitHeapSize/0': () => 6_000_000
};

const userInfo = {
  'getUserId/0': () => running().user.id,
  'getUserName/0': () => running().user.userName,
  'getUserEmail/0': () => running().user.email,
  'getName/0': () => running().user.name,
  'getOrganizationId/0': () => running().user.organizationId,
  'getLocale/0': () => 'en_US',
  'getLanguage/0': () => 'en_US',
  'getDefaultCurrency/0': () => 'USD',
  'isMultiCurrencyOrganization/0': () => false
};

export const systemTypes = [
  object,
  new PlatformType('System', {
    statics: {
      'debug/1': debug,
      'debug/2': debug,
      'now/0': () => new ApexDatetime(Date.now()),
      'today/0': () => ApexDate.fromMs(Date.now()),
      'currentTimeMillis/0': () => Date.now(),
      'equals/2': equalValues,
      ...asyncStatics,
      ...systemAsserts
    }
  }),
  new PlatformType('Type', {
    holds: TypeValue,
    statics: { 'forName/1': typeNamed },
    methods: {
      'getName/0': ({ type }) => type.name,
      'toString/0': textOf,
      'newInstance/0': ({ type }) => construct(type.name, [])
    }
  }),
  new PlatformType('Limits', { statics: limits }),
  new PlatformType('UserInfo', { statics: userInfo }),
  enumType('LoggingLevel', LEVELS)
];
