import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestDatabase } from '../data/rest-database.mjs';
import { apex, programOf, thrownBy } from './probe.mjs';

const { schema } = programOf({});
const QUERY = '/services/data/v65.0/query?q=';

/** An org that answers what was asked by `METHOD path`, the query's text in plain. */
function org(answers) {
  const asked = [];
  const ask = ({ method, path, body = null }) => {
    const name = `${method} ${decodeURIComponent(path).replace(QUERY, '')}`;
    asked.push(body ? [name, JSON.parse(body)] : name);
    const { status = 200, body: answer = {} } = answers[name] ?? {};
    return { status, body: JSON.stringify(answer) };
  };
  return { database: new RestDatabase(schema, ask), asked };
}

const contact = (fields) => ({ attributes: { type: 'Contact' }, ...fields });

test('every page of an answer is read, and values get the types of their fields', () => {
  const query =
    'GET SELECT LastName, Birthdate, CreatedDate FROM Contact ORDER BY LastName DESC LIMIT 3';
  const { database } = org({
    [query]: {
      body: {
        totalSize: 2,
        nextRecordsUrl: '/services/data/v65.0/query/01g-1',
        records: [
          contact({
            LastName: 'Reed',
            Birthdate: '1990-05-01',
            CreatedDate: '2026-11-21T10:00:00.000+0000'
          })
        ]
      }
    },
    'GET /services/data/v65.0/query/01g-1': { body: { records: [contact({ LastName: 'Gray' })] } }
  });
  assert.deepEqual(
    apex(
      `List<Contact> rows = [SELECT LastName, Birthdate, CreatedDate FROM Contact ORDER BY LastName DESC LIMIT 3];
       return new List<Object>{ rows.size(), rows[0].Birthdate.year(), rows[0].CreatedDate.getTime(), rows[1].LastName };`,
      { database }
    ),
    [2, 1990, Date.UTC(2026, 10, 21, 10), 'Gray']
  );
});

test('values in conditions are written as SOQL writes them', () => {
  const { database, asked } = org({});
  thrownBy(
    `String name = 'O\\'Neil \\\\ Sons';
     Set<String> mails = new Set<String>{ 'a@x.test', 'b@x.test' };
     Datetime since = Datetime.newInstance(0);
     Object n = [SELECT COUNT() FROM Contact WHERE (NOT LastName = :name) AND (Email IN :mails OR Birthdate = 1990-05-01)
       AND CreatedDate > :since AND DoNotCall = false AND AccountId != null];
     throw new IllegalArgumentException('asked');`,
    { database }
  );
  assert.deepEqual(asked, [
    "GET SELECT COUNT() FROM Contact WHERE (NOT LastName = 'O\\'Neil \\\\ Sons') AND (Email IN ('a@x.test', 'b@x.test') OR Birthdate = 1990-05-01) AND CreatedDate > 1970-01-01T00:00:00.000Z AND DoNotCall = false AND AccountId != null"
  ]);
});

test('a query that the org refuses is a QueryException', () => {
  const { database } = org({
    'GET SELECT Id FROM Contact': {
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD', message: 'no such column' }]
    }
  });
  assert.equal(
    thrownBy('Object o = [SELECT Id FROM Contact];', { database }),
    'System.QueryException: no such column'
  );
});

test('records are created, changed and deleted one by one', () => {
  const { database, asked } = org({
    'POST /services/data/v65.0/sobjects/Contact': {
      status: 201,
      body: { id: '003000000000001AAA' }
    },
    'PATCH /services/data/v65.0/sobjects/Contact/003000000000001AAA': { status: 204 },
    'DELETE /services/data/v65.0/sobjects/Contact/003000000000001AAA': { status: 204 }
  });
  apex(
    `Contact c = new Contact(LastName = 'Reed', Birthdate = Date.newInstance(1990, 5, 1));
     insert c;
     c.LastName = null;
     update c;
     delete c;
     return null;`,
    { database }
  );
  assert.deepEqual(asked, [
    ['POST /services/data/v65.0/sobjects/Contact', { LastName: 'Reed', Birthdate: '1990-05-01' }],
    [
      'PATCH /services/data/v65.0/sobjects/Contact/003000000000001AAA',
      { LastName: null, Birthdate: '1990-05-01' }
    ],
    'DELETE /services/data/v65.0/sobjects/Contact/003000000000001AAA'
  ]);
});

test('a record that the org refuses is a DmlException with its reason', () => {
  const { database } = org({
    'POST /services/data/v65.0/sobjects/Contact': {
      status: 400,
      body: [{ errorCode: 'REQUIRED_FIELD_MISSING', message: 'missing', fields: ['LastName'] }]
    }
  });
  assert.equal(
    thrownBy('insert new Contact();', { database }),
    'System.DmlException: Insert failed. First exception on row 0; first error: REQUIRED_FIELD_MISSING, missing: [LastName]'
  );
});

test('an org that fails is no exception Apex could catch', () => {
  const { database } = org({ 'GET SELECT Id FROM Contact': { status: 500 } });
  assert.throws(
    () =>
      apex(
        'try { Object o = [SELECT Id FROM Contact]; } catch (Exception e) { return 1; } return 2;',
        { database }
      ),
    /the simulated org answered 500/
  );
});
