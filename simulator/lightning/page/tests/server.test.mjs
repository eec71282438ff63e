import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { OrgRefusal } from '../../org/connection.mjs';
import { salesforceProject } from '../../org/project.mjs';
import { startServer } from '../serve/server.mjs';

/** Apex that remembers what was called. */
const apex = {
  calls: [],
  async callAuraEnabled(...call) {
    this.calls.push(call);
    return { ok: false, error: { message: 'no', exceptionType: 'X', stackTrace: '' } };
  }
};

/** An org that is out of order. */
const connection = {
  async describe() {
    throw new OrgRefusal(503, { errorCode: 'SERVER_UNAVAILABLE', message: 'closed' });
  }
};

let server;
let url;

before(async () => {
  const app = fs.mkdtempSync(path.join(os.tmpdir(), 'built-'));
  fs.writeFileSync(path.join(app, 'app.js'), '');
  const built = { app, vendor: app };
  const shopUrl = 'http://127.0.0.1:1';
  server = await startServer(0, { connection, apex, project: salesforceProject(), built, shopUrl });
  url = `http://127.0.0.1:${server.address().port}`;
});
beforeEach(() => (apex.calls = []));
after(() => server.close());

const post = (address, body, headers) =>
  fetch(url + address, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers }
  });

/** The status of a request with headers that fetch would not send. */
function statusWith(headers, address = '/lightning/page/home') {
  return new Promise((resolve, reject) => {
    const request = http.get(url + address, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
  });
}

test('the shop is reached from the page, signed in as whoever is named', async () => {
  const response = await fetch(`${url}/shop?as=0035g0000000001AAA`, { redirect: 'manual' });
  assert.deepEqual(
    [response.status, response.headers.get('location')],
    [302, 'http://127.0.0.1:1/?as=0035g0000000001AAA']
  );
});

test('the root leads to the home page', async () => {
  const response = await fetch(url, { redirect: 'manual' });
  assert.deepEqual(
    [response.status, response.headers.get('location')],
    [302, '/lightning/page/home']
  );
});

test('without a Journey Builder beside it the page says so', async () => {
  const response = await fetch(`${url}/journeys`, { redirect: 'manual' });
  assert.equal(response.status, 404);
});

test('a page lets in scripts of its own only, and pictures of the shop', async () => {
  const response = await fetch(`${url}/lightning/page/home`);
  const policy = response.headers.get('content-security-policy');
  const [, nonce] = policy.match(/script-src 'self' 'nonce-([^']+)'/);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /img-src 'self' https:\/\/shop\.example data:/);
  const html = await response.text();
  assert.ok(html.includes(`<script type="importmap" nonce="${nonce}">`));
  assert.equal(html.match(/<script/g).length, 2);
});

test('each page has a nonce of its own', async () => {
  const policies = await Promise.all(
    [1, 2].map(async () => {
      const response = await fetch(`${url}/lightning/page/home`);
      return response.headers.get('content-security-policy');
    })
  );
  assert.notEqual(policies[0], policies[1]);
});

test('another name for this machine, and another site, are refused', async () => {
  assert.equal(await statusWith({ host: 'evil.example' }), 403);
  assert.equal(
    (await post('/apex/Shop/order', '{}', { Origin: 'https://evil.example' })).status,
    403
  );
  assert.deepEqual(apex.calls, []);
});

for (const address of [
  '/vendor/..%2f..%2fpackage.json',
  '/vendor/%2e%2e/secret.js',
  '/vendor/none.js',
  '/vendor/%00.js',
  '/vendor/%zz.js',
  '/data/lists/User',
  '/nothing'
]) {
  test(`there is nothing at ${address}`, async () => {
    assert.equal(await statusWith({}, address), 404);
  });
}

test('a file is sent once, and confirmed afterwards', async () => {
  const first = await fetch(`${url}/app.js`);
  assert.equal(first.headers.get('content-type'), 'text/javascript; charset=utf-8');
  const headers = { 'if-none-match': first.headers.get('etag') };
  assert.equal(await statusWith(headers, '/app.js'), 304);
});

test('an Apex call carries its parameters, and its fault comes inside a 200', async () => {
  const response = await post('/apex/Shop/order', '{"recordId":"003"}');
  assert.deepEqual(apex.calls, [['Shop', 'order', { recordId: '003' }]]);
  assert.equal(response.status, 200);
  assert.deepEqual((await response.json()).error.message, 'no');
});

test('a body that is no JSON, or none at all, is refused', async () => {
  assert.equal((await post('/apex/Shop/order', '{')).status, 400);
  assert.equal(
    (await post('/apex/Shop/order', '{}', { 'Content-Type': 'text/plain' })).status,
    415
  );
  assert.equal((await post('/apex/Shop/order', `"${'x'.repeat(1024 * 1024)}"`)).status, 413);
});

test('an org that refuses is a fault behind this server, and says so', async () => {
  const response = await fetch(`${url}/data/lists/Contact`);
  assert.equal(response.status, 502);
  assert.match((await response.json()).message, /503 SERVER_UNAVAILABLE: closed/);
});

test('a Flow, an interview, an element or a run that is not there is not found', async () => {
  const asked = [
    fetch(`${url}/data/flows/Nobody`),
    post('/data/flows/Nobody/interviews', '{"inputs":{}}'),
    post('/data/interviews/3f0c', '{"answers":{}}'),
    post('/data/flow-runs/7/again', '{}'),
    fetch(`${url}/data/flows/Personalization_Case_Closed/elements/Get_Contact`, {
      method: 'DELETE'
    })
  ];
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  assert.deepEqual(statuses, [404, 404, 404, 404, 404]);
});

test('only fields of a form are changed, and at most 200 records at once', async () => {
  const refusals = [
    ['/data/records/Case/500A', '{"fields":{"OwnerId":"005A"}}', /does not change OwnerId/],
    ['/data/records/Case/500A', '{}', /does not change/],
    ['/data/lists/Case/changes', '{"field":"Id","value":"1","count":1}', /does not change Id/],
    [
      '/data/lists/Case/changes',
      '{"field":"Status","value":"New","count":201}',
      /Between 1 and 200/
    ],
    ['/data/lists/Case/changes', '{"field":"Status","value":"New","count":0}', /Between 1 and 200/]
  ];
  for (const [address, body, message] of refusals) {
    const response = await post(address, body);
    assert.equal(response.status, 400, address);
    assert.match((await response.json()).message, message);
  }
  assert.equal((await post('/data/records/Account/001A', '{"fields":{}}')).status, 404);
  assert.equal((await post('/data/lists/Nobody/changes', '{}')).status, 404);
});

test('a Flow is switched off and on', async () => {
  const address = '/data/flows/Personalization_Lead_Changed/active';
  const off = await (await post(address, '{"isActive":false}')).json();
  const on = await (await post(address, '{"isActive":true}')).json();
  assert.deepEqual([off.isActive, on.isActive, on.status], [false, true, 'Draft']);
});
