import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apex, thrownBy, value } from './probe.mjs';

const PEOPLE = `
  Account shop = new Account(Name = 'Shop', AnnualRevenue = 10);
  insert shop;
  insert new List<Contact>{
    new Contact(LastName = 'Adams', FirstName = 'Ann', Email = 'ann@example.com', AccountId = shop.Id),
    new Contact(LastName = 'Brown', Email = 'bob@example.com', DoNotCall = true),
    new Contact(LastName = 'Clark', Birthdate = Date.newInstance(1990, 5, 1))
  };`;

/** Last names of the contacts that a condition lets through. */
function found(condition, before = '') {
  return apex(`${PEOPLE} ${before}
    List<String> names = new List<String>();
    for (Contact c : [SELECT LastName FROM Contact WHERE ${condition}]) names.add(c.LastName);
    return String.join(names, ' ');`);
}

test('conditions compare, and texts without regard to case', () => {
  assert.equal(found(`LastName = 'adams'`), 'Adams');
  assert.equal(found(`LastName > 'adams' AND DoNotCall = false`), 'Clark');
  assert.equal(found(`(LastName = 'Adams' OR Email = null) AND DoNotCall != true`), 'Adams Clark');
  assert.equal(found(`NOT LastName = 'Adams'`), 'Brown Clark');
  assert.equal(found(`(NOT LastName LIKE 'A%') AND LastName LIKE '%r_wn'`), 'Brown');
  assert.equal(found(`LastName IN ('Adams', 'Clark')`), 'Adams Clark');
  assert.equal(found(`LastName NOT IN ('Adams', 'Clark')`), 'Brown');
  assert.equal(found(`Birthdate >= 1990-05-01`), 'Clark');
  assert.equal(found(`CreatedDate > 2020-01-01T00:00:00Z AND Account.Name = 'Shop'`), 'Adams');
});

test('bound values are texts, lists, sets, records and expressions', () => {
  assert.equal(found(`LastName = :name`, `String name = 'Brown';`), 'Brown');
  assert.equal(
    found(`LastName IN :wanted`, `Set<String> wanted = new Set<String>{ 'brown' };`),
    'Brown'
  );
  assert.equal(
    found(`Id IN :rows`, `List<Contact> rows = [SELECT Id FROM Contact LIMIT 2];`),
    'Adams Brown'
  );
  assert.equal(found(`LastName = :('Cl' + 'ark')`), 'Clark');
  assert.equal(found(`AccountId = :shop.Id`), 'Adams');
});

test('rows are ordered, limited, skipped and counted', () => {
  assert.deepEqual(
    apex(`${PEOPLE}
      List<String> names = new List<String>();
      for (Contact c : [SELECT LastName FROM Contact ORDER BY Email DESC NULLS LAST, LastName LIMIT 2 OFFSET 1])
        names.add(c.LastName);
      Integer all = [SELECT COUNT() FROM Contact];
      return new List<Object>{ names, all };`),
    [['Adams', 'Clark'], 3]
  );
});

test('a parent is reached in one step, an absent one has empty fields', () => {
  assert.deepEqual(
    apex(`${PEOPLE}
      List<Contact> rows = [SELECT Account.Name, Account.AnnualRevenue FROM Contact ORDER BY LastName];
      return new List<Object>{ rows[0].Account.Name, rows[0].Account.AnnualRevenue, rows[1].Account.Name,
        rows[1].Account };`),
    ['Shop', 10, null, null]
  );
});

test('a single row is assigned, none or two are a QueryException', () => {
  assert.equal(
    apex(`${PEOPLE} return [SELECT LastName FROM Contact WHERE FirstName = 'Ann'].LastName;`),
    'Adams'
  );
  assert.equal(
    thrownBy(`Contact c = [SELECT Id FROM Contact];`),
    'System.QueryException: List has no rows for assignment to SObject'
  );
  assert.equal(
    thrownBy(`${PEOPLE} Contact c = [SELECT Id FROM Contact];`),
    'System.QueryException: List has more than 1 row for assignment to SObject'
  );
});

test('a field that was not queried is an exception', () => {
  assert.equal(
    thrownBy(`${PEOPLE} String e = [SELECT Id FROM Contact LIMIT 1][0].Email;`),
    'System.SObjectException: SObject row was retrieved via SOQL without querying the requested field: Contact.Email'
  );
});

test('a dynamic query takes its binds by name in any case', () => {
  assert.equal(
    apex(`${PEOPLE}
      List<SObject> rows = Database.queryWithBinds(
        'SELECT LastName FROM Contact WHERE Email = :Address LIMIT 1',
        new Map<String, Object>{ 'address' => 'ann@example.com' }, AccessLevel.USER_MODE);
      return rows[0].get('lastname');`),
    'Adams'
  );
  assert.equal(apex(`${PEOPLE} return Database.query('SELECT Id FROM Contact').size();`), 3);
});

test('a wrong dynamic query is a QueryException', () => {
  const query = (text) =>
    thrownBy(
      `Object o = Database.queryWithBinds('${text}', new Map<String, Object>(), AccessLevel.USER_MODE);`
    );
  assert.equal(
    query('SELECT Emial FROM Contact'),
    `System.QueryException: No such column 'Emial' on entity 'Contact'.`
  );
  assert.match(
    query('SELECT Id FROM Nothing__c'),
    /QueryException: sObject type 'Nothing__c' is not supported/
  );
  assert.match(
    query('SELECT Id FROM Contact WHERE Id = :who'),
    /QueryException: Key 'who' does not exist/
  );
  assert.match(query('SELECT FROM'), /QueryException/);
  assert.match(query('SELECT Id FROM Contact; DROP'), /QueryException/);
});

test('insert gives ids with a true checksum, computes names and fills defaults', () => {
  assert.deepEqual(
    apex(`${PEOPLE}
      Contact c = [SELECT Name, DoNotCall, CreatedDate FROM Contact LIMIT 1];
      return new List<Object>{ c.Id.startsWith('003'), c.Id.length(), c.Name, c.DoNotCall, c.CreatedDate != null };`),
    [true, 18, 'Ann Adams', false, true]
  );
});

test('update, upsert and delete change what is stored', () => {
  assert.deepEqual(
    apex(`${PEOPLE}
      Contact ann = [SELECT Id FROM Contact WHERE FirstName = 'Ann'];
      ann.FirstName = 'Anna';
      update ann;
      upsert new List<Contact>{ new Contact(Id = ann.Id, Email = null), new Contact(LastName = 'Dean') };
      delete [SELECT Id FROM Contact WHERE LastName = 'Brown'];
      List<String> all = new List<String>();
      for (Contact c : [SELECT Name, Email FROM Contact ORDER BY LastName]) all.add(c.Name + ' ' + c.Email);
      return all;`),
    ['Anna Adams null', 'Clark null', 'Dean null']
  );
});

test('a refused record undoes the whole statement and says why', () => {
  assert.equal(
    thrownBy(`insert new Contact(FirstName = 'Nobody');`),
    'System.DmlException: Insert failed. First exception on row 0; first error: REQUIRED_FIELD_MISSING, Required fields are missing: [LastName]: [LastName]'
  );
  assert.deepEqual(
    apex(`
      Contact good = new Contact(LastName = 'Good');
      try { insert new List<Contact>{ good, new Contact() }; }
      catch (DmlException e) {
        return new List<Object>{ [SELECT COUNT() FROM Contact], good.Id, e.getDmlIndex(0), e.getDmlFieldNames(0) };
      }
      return null;`),
    [0, null, 1, ['LastName']]
  );
  assert.match(
    thrownBy(`insert new Contact(LastName = 'x'.repeat(81));`),
    /STRING_TOO_LONG, Last Name: data value too large: x+ \(max length=80\)/
  );
});

test('Database.insert answers a result for each record when it need not be all or none', () => {
  assert.deepEqual(
    apex(`
      List<Database.SaveResult> results = Database.insert(
        new List<Contact>{ new Contact(LastName = 'Good'), new Contact() }, false);
      return new List<Object>{ results[0].isSuccess(), results[1].isSuccess(),
        results[1].getErrors()[0].getMessage(), [SELECT COUNT() FROM Contact] };`),
    [true, false, 'Required fields are missing: [LastName]', 1]
  );
});

test('records are read and written by name, and unknown fields are refused', () => {
  assert.deepEqual(
    apex(`
      SObject c = Schema.getGlobalDescribe().get('contact').newSObject();
      c.put('lastname', 'Reed');
      return new List<Object>{ c.get('LastName'), c.isSet('Email'), c.getPopulatedFieldsAsMap().keySet() };`),
    ['Reed', false, ['LastName']]
  );
  assert.equal(
    thrownBy(`new Contact().put('Emial', 'x');`),
    'System.SObjectException: Invalid field Emial for Contact'
  );
});

test('objects and fields describe themselves', () => {
  assert.deepEqual(
    apex(`
      Id someone = '003000000000001';
      Schema.DescribeSObjectResult person = someone.getSObjectType().getDescribe();
      Schema.DescribeFieldResult email = person.fields.getMap().get('EMAIL').getDescribe();
      return new List<Object>{ person.getName(), person.getLabel(), person.getKeyPrefix(), email.getName(),
        email.getLabel(), email.getType() == Schema.DisplayType.EMAIL, email.isAccessible(),
        Schema.SObjectType.Contact.fields.Email.getLabel(), Contact.Email.getDescribe().getLength(),
        Account.SObjectType.getDescribe().getLabelPlural(), Contact.SObjectType == person.getSObjectType() };`),
    ['Contact', 'Contact', '003', 'Email', 'Email', true, true, 'Email', 80, 'Accounts', true]
  );
  assert.equal(value(`Schema.getGlobalDescribe().get('Nothing__c')`), null);
});

test('a callout after uncommitted records is refused, after startTest it is not', () => {
  const members = `
    class Fine implements HttpCalloutMock {
      public HttpResponse respond(HttpRequest request) {
        HttpResponse response = new HttpResponse();
        response.setStatusCode(200);
        return response;
      }
    }
    static Integer call() {
      HttpRequest request = new HttpRequest();
      request.setEndpoint('callout:Weather');
      request.setMethod('GET');
      return new Http().send(request).getStatusCode();
    }`;
  const before = `Test.setMock(HttpCalloutMock.class, new Fine()); insert new Contact(LastName = 'Reed');`;
  assert.match(
    thrownBy(`${before} call();`, { members }),
    /CalloutException: You have uncommitted work pending/
  );
  assert.equal(apex(`${before} Test.startTest(); return call();`, { members }), 200);
  assert.match(thrownBy('call();', { members }), /do not support Web service callouts/);
});

test('a custom object numbers its records, and keeps a unique value once', () => {
  assert.deepEqual(
    apex(`insert new Visit__c(Fingerprint__c = 'a');
      Database.SaveResult again = Database.insert(new Visit__c(Fingerprint__c = 'a'), false);
      Visit__c other = new Visit__c(Fingerprint__c = 'b');
      insert other;
      update other;
      Database.Error refusal = again.getErrors()[0];
      Boolean isDuplicate = refusal.getStatusCode() == StatusCode.DUPLICATE_VALUE;
      return new List<Object>{ again.isSuccess(), isDuplicate, [SELECT Name FROM Visit__c LIMIT 1].Name };`),
    [false, true, 'V-0001']
  );
  assert.match(
    thrownBy(
      `insert new Visit__c(Fingerprint__c = 'a'); insert new Visit__c(Fingerprint__c = 'a');`
    ),
    /DUPLICATE_VALUE, duplicate value found: Fingerprint__c duplicates value on record with id: /
  );
});
