import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OrgConnection, OrgRefusal } from '../connection.mjs';
import { OBJECT_NAMES } from '../layouts.mjs';
import { listView, recordView, uiRecord } from '../records.mjs';
import { startOrg } from './simulated-org.mjs';

let org;
let connection;

before(async () => {
  org = await startOrg();
  connection = new OrgConnection(org.access);
});
after(() => org.stop());

const namesOf = ({ rows }) => rows.map(({ cells }) => cells[0].value);

for (const objectName of OBJECT_NAMES) {
  test(`the list of ${objectName} is in order of name and leads to its records`, async () => {
    const list = await listView(connection, objectName, '');
    assert.ok(list.rows.length > 0 && list.rows.length <= 50);
    assert.deepEqual(namesOf(list), [...namesOf(list)].sort());
    const record = await recordView(connection, objectName, list.rows[0].id);
    assert.equal(record.name, namesOf(list)[0]);
    assert.equal(list.rows[0].href, `/lightning/r/${objectName}/${record.id}/view`);
  });
}

test('a list of more than 50 says that there is more', async () => {
  const list = await listView(connection, 'Contact', '');
  assert.deepEqual([list.rows.length, list.hasMore], [50, true]);
});

test('a search looks at names, titles, addresses and the account, whatever the case', async () => {
  const byEmail = await listView(connection, 'Contact', 'ADA.ASHDOWN@');
  assert.deepEqual(namesOf(byEmail), ['Ada Ashdown']);
  const byAccount = await listView(connection, 'Contact', 'thistle');
  assert.ok(byAccount.rows.length > 1);
  assert.ok(byAccount.rows.every(({ cells }) => cells[1].value === 'Thistle & Thread Gifts'));
});

for (const text of ["O'Brien", '%', '_', '\\', "' OR Name != '"]) {
  test(`searching for ${text} finds those who contain it, and so nobody`, async () => {
    assert.deepEqual(namesOf(await listView(connection, 'Contact', text)), []);
  });
}

test('a contact leads to its account, and shows its address in lines', async () => {
  const [{ id }] = (await listView(connection, 'Contact', 'ada.ashdown')).rows;
  const { highlights, sections } = await recordView(connection, 'Contact', id);
  const account = highlights.find(({ label }) => label === 'Account Name');
  assert.match(account.href, /^\/lightning\/r\/Account\/001\w{15}\/view$/);
  const [[address]] = sections.find(({ label }) => label === 'Address Information').columns;
  assert.equal(address.value, '1 Station Road\nBath\nUnited Kingdom');
});

test('a field that the page places comes with the record, one the user may not see does not', async () => {
  const [{ id }] = (await listView(connection, 'Contact', 'ada.ashdown')).rows;
  const wanted = ['Personalization_Engagement__c', 'Personalization_Link__c', 'Secret__c'];
  const { placed } = await recordView(connection, 'Contact', id, wanted);
  assert.deepEqual(Object.keys(placed), wanted.slice(0, 2));
  const engagement = {
    label: 'Personalization Engagement',
    type: 'percent',
    value: null,
    href: null
  };
  assert.deepEqual(placed.Personalization_Engagement__c, engagement);
});

for (const recordId of ['003000000000099AAA', "x' OR Name != ''", 'short']) {
  test(`there is no record ${recordId}`, async () => {
    assert.equal(await recordView(connection, 'Contact', recordId), null);
  });
}

test('getRecord gives the fields that were named, and no others', async () => {
  const [{ id }] = (await listView(connection, 'Contact', 'ada.ashdown')).rows;
  const record = await uiRecord(connection, id, ['Contact.Email', 'Contact.Account.Name']);
  assert.deepEqual(record.fields, {
    Email: { value: 'ada.ashdown@example.com', displayValue: null },
    'Account.Name': { value: 'Thistle & Thread Gifts', displayValue: null }
  });
});

test('a session that the org has ended is renewed without anybody noticing', async () => {
  await listView(connection, 'Lead', '');
  await fetch(`${org.url}/_simulator/sessions`, { method: 'DELETE' });
  assert.ok((await listView(connection, 'Lead', '')).rows.length > 0);
});

test('wrong credentials are named as what the org said', async () => {
  const stranger = new OrgConnection({ ...org.access, clientSecret: 'wrong' });
  await assert.rejects(stranger.query('SELECT Id FROM Contact'), (refusal) => {
    assert.ok(refusal instanceof OrgRefusal);
    assert.match(refusal.message, /invalid_client/);
    return true;
  });
});
