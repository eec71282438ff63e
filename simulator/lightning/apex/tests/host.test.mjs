import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { ApexHost } from '../host.mjs';
import { startOutside } from './outside.mjs';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const PERSON = '003000000000001AAA';

let outside;
let apex;
/** What the weather service accepts and how long its tokens live; tests change it. */
const service = { tokens: 0, accepted: new Set(), expiresIn: 600 };

function issueToken(call) {
  if (call.headers.authorization !== `Basic ${Buffer.from('org:s%2Fecret').toString('base64')}`) {
    return { status: 401, body: { error: 'invalid_client' } };
  }
  service.tokens += 1;
  const token = `token-${service.tokens}`;
  service.accepted = new Set([token]);
  return { body: { access_token: token, token_type: 'Bearer', expires_in: service.expiresIn } };
}

function report(call) {
  const isKnown = service.accepted.has(call.headers.authorization?.replace('Bearer ', ''));
  return isKnown ? { body: 'fine' } : { status: 401, body: 'who are you?' };
}

const ROUTES = {
  'POST /oauth/token': issueToken,
  'POST /report': report,
  'POST /refused': () => ({ status: 401, body: 'never' }),
  'POST /moved': () => ({ status: 302, headers: { Location: '/report' }, body: 'elsewhere' }),
  'POST /silent': () => null,
  'POST /endless': (call, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drip));
    return null;
  },
  'POST /services/oauth2/token': () => ({ body: { access_token: 'org-token', expires_in: 600 } }),
  'GET /_simulator/credentials/Weather/Org': () => ({
    body: { clientId: 'org', clientSecret: 's/ecret' }
  }),
  'GET /services/data/v65.0/query': () => ({
    body: {
      totalSize: 1,
      done: true,
      records: [
        {
          attributes: { type: 'Contact' },
          Email: 'ann@example.com',
          Account: { attributes: { type: 'Account' }, Name: 'Reed & Sons' }
        }
      ]
    }
  }),
  'POST /services/data/v65.0/sobjects/Contact': () => ({
    status: 201,
    body: { id: PERSON, success: true }
  })
};

function startHost(environment = { WEATHER_URL: outside.url }) {
  return ApexHost.start({
    sources: [path.join(FIXTURES, 'package')],
    objects: [path.join(FIXTURES, 'objects')],
    projectFile: path.join(FIXTURES, 'sfdx-project.json'),
    org: { instanceUrl: outside.url, clientId: 'demo', clientSecret: 'demo' },
    environment,
    timeLimitMs: 2000
  });
}

before(async () => {
  outside = await startOutside(ROUTES);
  apex = await startHost();
});

beforeEach(() => {
  outside.calls.length = 0;
  service.expiresIn = 600;
});

after(async () => {
  await apex?.close();
  await outside.close();
});

const weather = (method, args) => apex.callAuraEnabled('WeatherController', method, args);
const asked = (url) => outside.calls.filter((call) => call.url === url);

test('a callout is signed in with client credentials and carries the token', async () => {
  const answer = await weather('ask', { path: '/report', timeout: 2000 });
  assert.deepEqual(answer, { ok: true, value: '200 fine' });
  const [tokenCall] = asked('/oauth/token');
  assert.equal(new URLSearchParams(tokenCall.body).get('grant_type'), 'client_credentials');
  assert.equal(new URLSearchParams(tokenCall.body).get('scope'), 'read write');
  assert.equal(asked('/report')[0].body, 'how is it?');
});

test('a token is kept until it ends, also for other threads', async () => {
  await weather('ask', { path: '/report', timeout: 2000 });
  outside.calls.length = 0;
  await Promise.all([1, 2, 3].map(() => weather('ask', { path: '/report', timeout: 2000 })));
  assert.equal(asked('/oauth/token').length, 0);
  assert.equal(asked('/report').length, 3);
});

test('a refused token is renewed once and the call goes again', async () => {
  await weather('ask', { path: '/report', timeout: 2000 });
  service.accepted.clear();
  outside.calls.length = 0;
  assert.equal((await weather('ask', { path: '/report', timeout: 2000 })).value, '200 fine');
  assert.equal(asked('/oauth/token').length, 1);
  assert.equal(asked('/report').length, 2);
});

test('a call that stays refused is answered to Apex after one renewal', async () => {
  const answer = await weather('ask', { path: '/refused', timeout: 2000 });
  assert.equal(answer.value, '401 never');
  assert.equal(asked('/refused').length, 2);
});

test('silence ends with Read timed out when the request says so', async () => {
  const started = performance.now();
  const { error } = await weather('ask', { path: '/silent', timeout: 200 });
  assert.equal(error.exceptionType, 'System.CalloutException');
  assert.equal(error.message, 'Read timed out');
  assert.ok(performance.now() - started < 1500);
});

test('the timeout covers an answer that never ends', async () => {
  const { error } = await weather('ask', { path: '/endless', timeout: 200 });
  assert.equal(error.message, 'Read timed out');
});

test('a redirect is answered, not followed', async () => {
  assert.equal((await weather('ask', { path: '/moved', timeout: 2000 })).value, '302 elsewhere');
  assert.equal(asked('/report').length, 0);
});

test('a principal that nobody filled is a clear CalloutException', async () => {
  const { error } = await weather('askElsewhere', { endpoint: 'callout:Unfilled/report' });
  assert.equal(error.exceptionType, 'System.CalloutException');
  assert.match(error.message, /access the credential\(s\).*"Unfilled"/);
});

test('an unknown named credential is a clear CalloutException', async () => {
  const { error } = await weather('askElsewhere', { endpoint: 'callout:Nowhere/report' });
  assert.match(error.message, /the named credential "Nowhere" might not exist/);
});

test('an address without a named credential is refused', async () => {
  const { error } = await weather('askElsewhere', { endpoint: `${outside.url}/report` });
  assert.match(error.message, /^Unauthorized endpoint/);
  assert.equal(outside.calls.length, 0);
});

test('only @AuraEnabled members reach the page, enums by name and times as ISO', async () => {
  const { value } = await weather('report', { degrees: 21.5, places: ['Oslo', 'Rome'] });
  assert.deepEqual(value, {
    sky: 'CLEAR',
    degrees: 21.5,
    since: '1970-01-01T00:00:01.000Z',
    places: ['Oslo', 'Rome']
  });
});

test('every call has static variables of its own', async () => {
  const counts = await Promise.all([1, 2, 3].map(() => weather('countCalls')));
  assert.deepEqual(
    counts.map(({ value }) => value),
    [1, 1, 1]
  );
});

test('a method without @AuraEnabled is refused', async () => {
  const { ok, error } = await weather('secret');
  assert.equal(ok, false);
  assert.match(error.message, /WeatherController.secret is no static @AuraEnabled method/);
});

test('a query goes to the org with its bound values as literals', async () => {
  const { value } = await weather('emailOf', { recordId: PERSON });
  assert.equal(value, 'ann@example.com at Reed & Sons');
  const query = new URL(outside.calls.at(-1).url, outside.url).searchParams.get('q');
  assert.equal(query, `SELECT Email, Account.Name FROM Contact WHERE Id = '${PERSON}'`);
  assert.equal(outside.calls.at(-1).headers.authorization, 'Bearer org-token');
});

test('an insert goes to the org and brings the Id back', async () => {
  assert.equal((await weather('addPerson', { lastName: 'Reed' })).value, PERSON);
  assert.deepEqual(JSON.parse(outside.calls.at(-1).body), { LastName: 'Reed' });
});

test('a cacheable method may not write', async () => {
  const { error } = await weather('writeThoughCacheable');
  assert.equal(error.exceptionType, 'System.LimitException');
  assert.equal(error.message, 'Too many DML statements: 1');
});

test('the page gets the text of an AuraHandledException', async () => {
  const { error } = await weather('fail', { message: 'Out of order' });
  assert.equal(error.exceptionType, 'System.AuraHandledException');
  assert.equal(error.message, 'Out of order');
});

test('any other exception keeps its type and an Apex stack', async () => {
  const { error } = await weather('breakDown');
  assert.equal(error.exceptionType, 'System.NullPointerException');
  assert.equal(error.stackTrace, 'Class.WeatherController.breakDown: line 81, column 1');
});

test('what the runtime lacks is said with file and line', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { error } = await weather('useWhatIsMissing', { value: 'text' });
  assert.match(
    error.message,
    /^WeatherController.cls:93 the local runtime lacks String.unescapeJava\/0$/
  );
});

test('a call that runs on for ever is ended, and the next one is answered', async () => {
  const { error } = await weather('runForever');
  assert.equal(error.exceptionType, 'System.LimitException');
  assert.equal(error.message, 'Apex CPU time limit exceeded');
  assert.equal((await weather('countCalls')).value, 1);
});

test('a dynamic picklist knows the object of the page', async () => {
  assert.deepEqual(await apex.picklist('SkyPicklist', { entityName: 'Contact' }), [
    { label: 'Clear', value: 'clear' },
    { label: 'As on Contact', value: 'page' }
  ]);
});

test('a Flow gets the outputs of an action, one for each request', async () => {
  const answer = await apex.callInvocable('ForecastAction', [
    { places: [{ name: 'Rome' }] },
    { places: [{ name: 'Oslo' }] }
  ]);
  const value = [{ sentence: 'Fine in Rome' }, { sentence: 'Fine in Oslo' }];
  assert.deepEqual(answer, { ok: true, value });
});

test('a Flow cannot fill what is no input, nor call what is no action', async () => {
  const { error } = await apex.callInvocable('ForecastAction', [{ hidden: 'x' }]);
  assert.match(error.message, /No such column 'hidden'/);
  const other = await apex.callInvocable('SkyPicklist', []);
  assert.equal(other.error.message, 'SkyPicklist has no @InvocableMethod');
});

test('a call that is under way when the host closes is refused', async () => {
  const host = await startHost();
  const call = host.callAuraEnabled('WeatherController', 'ask', { path: '/silent', timeout: 5000 });
  await Promise.all([assert.rejects(call, /the Apex host was closed/), host.close()]);
});

test('a variable that a replacement names must be set', async () => {
  await assert.rejects(startHost({}), /the variable WEATHER_URL is not set/);
});

test('a scheduled class runs, then what it queued, each in a transaction of its own', async () => {
  const answer = await apex.runSchedulable('NightJob');
  assert.deepEqual(answer, { ok: true, value: null });
  const bodies = outside.calls
    .filter(({ url: address }) =>
      ['/report', '/services/data/v65.0/sobjects/Contact'].includes(address)
    )
    .map(({ body }) => body);
  assert.deepEqual(bodies, ['{"LastName":"night"}', 'queued', 'last']);
});

test('what is not Schedulable is not run', async () => {
  const answer = await apex.runSchedulable('WeatherController');
  assert.match(answer.error.message, /WeatherController is not Schedulable/);
});
