import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromComponent, toComponent } from '../json/aura.mjs';
import { textOf } from '../runtime/text.mjs';
import { Transaction } from '../runtime/transaction.mjs';
import { apexType } from '../values/types.mjs';
import { apex, programOf, thrownBy, value } from './probe.mjs';

const MEMBERS = `
  enum Sky { CLEAR, CLOUDY }
  class Item {
    public String name;
    public Decimal price;
    public Sky sky;
    public transient String hidden = 'h';
    private List<Item> parts;
    public static String shared = 's';
  }
  virtual class Base { public Integer base = 1; }
  class Child extends Base { public Integer own = 2; }`;

const text = (expression) => value(`'' + ${expression}`, { members: MEMBERS });

test('objects are written with private fields and nulls, without transient and static ones', () => {
  assert.equal(
    text('JSON.serialize(new Item())'),
    '{"name":null,"price":null,"sky":null,"parts":null}'
  );
  assert.equal(text('JSON.serialize(new Child())'), '{"base":1,"own":2}');
});

test('nulls of objects may be left out, those of maps stay', () => {
  assert.equal(text('JSON.serialize(new Item(), true)'), '{}');
  assert.equal(
    text(`JSON.serialize(new Map<String, Object>{ 'a' => null, 'b' => new Item() }, true)`),
    '{"a":null,"b":{}}'
  );
});

test('decimals keep their places, times are ISO, enums names, bytes base64', () => {
  assert.equal(
    text(`JSON.serialize(new List<Object>{ 12.50, Datetime.newInstance(0), Date.newInstance(2026, 1, 2),
      Sky.CLOUDY, Blob.valueOf('x'), 'ä"/' })`),
    '[12.50,"1970-01-01T00:00:00.000Z","2026-01-02","CLOUDY","eA==","ä\\"/"]'
  );
});

test('a record is written with its type and populated fields', () => {
  assert.equal(
    text(`JSON.serialize(new Contact(LastName = 'Reed'))`),
    '{"attributes":{"type":"Contact"},"LastName":"Reed"}'
  );
});

test('untyped JSON becomes maps, lists, whole numbers and decimals', () => {
  assert.deepEqual(
    apex(`
      Map<String, Object> m = (Map<String, Object>) JSON.deserializeUntyped(
        '{"a":1,"b":1.50,"c":[true,null],"d":{"e":"f"},"g":1e2}');
      return new List<Object>{ m.get('a') instanceof Integer, '' + m.get('b'), m.get('c'),
        ((Map<String, Object>) m.get('d')).get('e'), '' + m.get('g'), m.get('A') };`),
    [true, '1.50', [true, null], 'f', '100', null]
  );
});

test('typed JSON fills nested objects, lists, maps and enums, and ignores the rest', () => {
  assert.deepEqual(
    apex(
      `Item i = (Item) JSON.deserialize(
         '{"NAME":"Mug","price":4,"sky":"cloudy","parts":[{"name":"Handle"}],"margin":0.9}', Item.class);
       Map<String, List<Integer>> m = (Map<String, List<Integer>>) JSON.deserialize(
         '{"a":[1,2]}', Map<String, List<Integer>>.class);
       return new List<Object>{ i.name, '' + i.price, i.sky == Sky.CLOUDY, i.parts[0].name, m.get('a')[1] };`,
      { members: MEMBERS }
    ),
    ['Mug', '4', true, 'Handle', 2]
  );
});

test('strict reading refuses what the type does not have', () => {
  assert.match(
    thrownBy(`Item i = (Item) JSON.deserializeStrict('{"margin":1}', Item.class);`, {
      members: MEMBERS
    }),
    /JSONException: No such column 'margin'/
  );
});

test('wrong types and broken text are a JSONException', () => {
  const read = (json, type) =>
    thrownBy(`Object o = JSON.deserialize('${json}', ${type}.class);`, { members: MEMBERS });
  assert.match(
    read('{"price":true}', 'Item'),
    /JSONException: Illegal value for primitive Decimal/
  );
  assert.match(read('[]', 'Item'), /JSONException: Malformed JSON/);
  assert.match(read('{"a":', 'Item'), /JSONException/);
  assert.match(read('', 'Item'), /JSONException: No content/);
  assert.match(read('{"a":NaN}', 'Item'), /JSONException/);
});

test('a record is read from JSON with its field types', () => {
  assert.deepEqual(
    apex(`Contact c = (Contact) JSON.deserialize(
            '{"attributes":{"type":"Contact"},"LastName":"Reed","Birthdate":"1990-05-01"}', Contact.class);
          return new List<Object>{ c.LastName, c.Birthdate.year() };`),
    ['Reed', 1990]
  );
});

test('arguments of a component become the declared types', () => {
  const program = programOf({
    'Wish.cls':
      'public class Wish { @AuraEnabled public Integer count { get; set; } public String secret; }'
  });
  const transaction = new Transaction({ program, database: null, user: null });
  transaction.run(() => {
    const type = (name, ...args) => apexType(name, ...args);
    assert.equal(textOf(fromComponent(4, type('Decimal'))), '4');
    assert.equal(fromComponent('003000000000001', type('Id')), '003000000000001AAA');
    assert.equal(fromComponent(undefined, type('String')), null);
    assert.equal(fromComponent('7', type('Integer')), 7);
    const wish = fromComponent({ count: 2, secret: 'x' }, type('Wish'));
    assert.equal(textOf(wish), 'Wish:[count=2, secret=null]');
    assert.deepEqual(
      toComponent(fromComponent({ a: [1, null] }, type('Map', type('String'), type('Object')))),
      {
        a: [1, null]
      }
    );
  });
});
