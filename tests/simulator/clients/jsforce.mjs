/**
 * What jsforce gets from an org, printed as JSON: `node jsforce.mjs URL TOKEN`.
 * Polling is fast because the simulated org moves with each look at it.
 */
import jsforce from 'jsforce';

const [instanceUrl, accessToken] = process.argv.slice(2);
const connection = new jsforce.Connection({ instanceUrl, accessToken, version: '62.0' });
connection.bulk.pollInterval = connection.bulk2.pollInterval = 5;
connection.bulk.pollTimeout = connection.bulk2.pollTimeout = 20_000;

const FIELD = 'Personalization_Engagement__c';
const SOQL = 'SELECT Id, Email, Account.Name FROM Contact ORDER BY Id';

const idsOf = (records) => records.map(({ Id }) => Id);
const pushed = (ids, value) => ids.map((Id) => ({ Id, [FIELD]: value }));

const contacts = await connection.query(SOQL, { autoFetch: true });
const [ada, bruno, chiara, daniel] = idsOf(contacts.records);
const missing = '003000000000000AAA';
const answer = {
  queried: contacts.totalSize,
  usage: connection.limitInfo.apiUsage,
  paged: idsOf(await allPages()).length,
  described: (await connection.describe('Contact')).fields.some(({ name }) => name === FIELD),
  limit: (await connection.limits()).DailyApiRequests.Max,
  collection: await connection.sobject('Contact').update(pushed([ada, missing], 1)),
  bulk: await connection.bulk.load('Contact', 'update', pushed([ada, missing, bruno], 2)),
  bulkQuery: await (await connection.bulk.query(SOQL)).toArray(),
  bulk2: await connection.bulk2.loadAndWaitForResults({
    object: 'Contact',
    operation: 'update',
    input: pushed([chiara, missing, daniel], 3)
  }),
  bulk2Query: await (await connection.bulk2.query(SOQL)).toArray(),
  values: (
    await connection.query(`SELECT ${FIELD} FROM Contact WHERE ${FIELD} != null ORDER BY Id`)
  ).records.map((record) => record[FIELD])
};
process.stdout.write(JSON.stringify(answer));

/** The same records in pages of 200, as a caller asks who wants little at once. */
async function allPages() {
  const headers = { 'Sforce-Query-Options': 'batchSize=200' };
  let page = await connection.query(SOQL, { headers });
  const records = [...page.records];
  while (!page.done) {
    page = await connection.queryMore(page.nextRecordsUrl, { headers });
    records.push(...page.records);
  }
  return records;
}
