import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apex, thrownBy, value } from './probe.mjs';

/** Check Apex expressions against the values they have. */
function check(expected) {
  const expressions = Object.keys(expected);
  assert.deepEqual(value(`new List<Object>{ ${expressions.join(', ')} }`), Object.values(expected));
}

test('texts are searched, cut and changed', () => {
  check({
    [`'Hello'.contains('ell')`]: true,
    [`'Hello'.containsIgnoreCase('ELL')`]: true,
    [`'Hello'.startsWith('he')`]: false,
    [`'Hello'.indexOf('l')`]: 2,
    [`'Hello'.substring(1, 3)`]: 'el',
    [`'a.b.c'.substringBefore('.')`]: 'a',
    [`'a.b.c'.substringAfterLast('.')`]: 'c',
    [`'<x>'.substringBetween('<', '>')`]: 'x',
    [`'Hello'.left(2) + 'Hello'.right(2)`]: 'Helo',
    [`'a-b-c'.replace('-', '$&')`]: 'a$&b$&c',
    [`'a1b22'.replaceAll('[0-9]+', '#')`]: 'a#b#',
    [`'hello'.capitalize()`]: 'Hello',
    [`'Hello'.equals('hello')`]: false,
    [`'Hello'.equalsIgnoreCase('hello')`]: true,
    [`'Hello world'.abbreviate(8)`]: 'Hello...',
    [`'7'.leftPad(3, '0')`]: '007',
    [`' a '.trim().length()`]: 1
  });
});

test('String.isBlank takes null and spaces', () => {
  check({
    'String.isBlank(null)': true,
    [`String.isBlank(' ')`]: true,
    [`String.isEmpty(' ')`]: false,
    [`String.isNotBlank('a')`]: true
  });
});

test('texts are split by a pattern, without empty ends, or into so many parts', () => {
  check({
    [`'a,b,,'.split(',')`]: ['a', 'b'],
    [`'a, b;c'.split('[,;] ?')`]: ['a', 'b', 'c'],
    [`'a,b,c'.split(',', 2)`]: ['a', 'b,c']
  });
});

test('texts are joined and filled in', () => {
  check({
    [`String.join(new List<Object>{ 1, 'b', null }, '/')`]: '1/b/null',
    [`String.format('{0} and {1}, not {2}', new List<Object>{ 'a', 1.50 })`]: 'a and 1.50, not {2}',
    ["String.format('it\\'\\'s {0}', new List<Object>{ 'on' })"]: "it's on",
    [`String.escapeSingleQuotes('O\\'Neil')`]: "O\\'Neil",
    'String.valueOf(new Set<Integer>{ 1, 2 })': '{1, 2}'
  });
});

test('a null where a text is expected is an exception, but equals nothing', () => {
  assert.match(thrownBy(`String none; Boolean b = 'x'.contains(none);`), /NullPointerException/);
  assert.equal(apex(`String none; return 'x'.equals(none);`), false);
});

test('a text that is cut outside of its ends is an exception', () => {
  assert.match(thrownBy(`String x = 'abc'.substring(4);`), /^System.StringException/);
});

test('numbers are read from texts, or refused', () => {
  check({
    [`Integer.valueOf(' 42 ')`]: 42,
    [`String.valueOf(Decimal.valueOf('12.50'))`]: '12.50',
    [`Boolean.valueOf('TRUE')`]: true
  });
  assert.equal(
    thrownBy(`Integer x = Integer.valueOf('4.2');`),
    'System.TypeException: Invalid integer: 4.2'
  );
  assert.equal(
    thrownBy(`Decimal x = Decimal.valueOf('dear');`),
    'System.TypeException: Invalid decimal: dear'
  );
});

test('decimals compute exactly and round half to even', () => {
  check({
    'String.valueOf(0.1 + 0.2)': '0.3',
    'String.valueOf(1.10 * 2.5)': '2.750',
    'String.valueOf(10.0 / 4)': '2.5',
    'String.valueOf(1.0 / 3)': '0.3333333333333333333333333333333333',
    'String.valueOf((2.5).setScale(0))': '2',
    'String.valueOf((3.5).setScale(0))': '4',
    'String.valueOf((2.45).setScale(1, RoundingMode.HALF_UP))': '2.5',
    'String.valueOf((-2.41).setScale(1, RoundingMode.FLOOR))': '-2.5',
    'String.valueOf((2.0).setScale(2))': '2.00',
    '(2.5).round()': 2,
    '(7.9).intValue()': 7,
    '1.50 == 1.5': true,
    'String.valueOf((12.3400).stripTrailingZeros())': '12.34',
    '(1234567.5).format()': '1,234,567.5'
  });
});

test('Math works on both kinds of numbers', () => {
  check({
    'Math.max(2, 3)': 3,
    'String.valueOf(Math.min(2.50, 3))': '2.50',
    'Math.mod(7, 3)': 1,
    'Math.abs(-4)': 4,
    'String.valueOf(Math.ceil(1.2))': '2',
    'Math.round(1.5)': 2
  });
});

test('division by zero is an exception', () => {
  assert.equal(thrownBy('Decimal x = 1.0 / 0;'), 'System.MathException: Divide by 0');
});

test('lists grow, shrink, sort and compare by content', () => {
  assert.deepEqual(
    apex(`
      List<String> names = new List<String>{ 'b', 'A' };
      names.add('c'); names.add(0, 'z'); names.addAll(new Set<String>{ 'q' });
      String gone = names.remove(0);
      names.sort();
      return new List<Object>{ names, gone, names.size(), names.contains('a'), names.indexOf('c'),
        new List<Integer>{ 1, 2 } == new List<Integer>{ 1, 2 } };`),
    [['A', 'b', 'c', 'q'], 'z', 4, true, 2, true]
  );
});

test('lists of Comparable objects sort by compareTo, any list by a Comparator', () => {
  const members = `
    class Box implements Comparable {
      public Integer size;
      Box(Integer size) { this.size = size; }
      public Integer compareTo(Object other) { return size - ((Box) other).size; }
    }
    class Falling implements Comparator<Integer> {
      public Integer compare(Integer a, Integer b) { return b - a; }
    }`;
  assert.deepEqual(
    apex(
      `List<Box> boxes = new List<Box>{ new Box(3), new Box(1) };
       boxes.sort();
       List<Integer> numbers = new List<Integer>{ 1, 3, 2 };
       numbers.sort(new Falling());
       return new List<Object>{ boxes[0].size, numbers };`,
      { members }
    ),
    [1, [3, 2, 1]]
  );
});

test('sets hold equal values once, maps answer what they held before', () => {
  assert.deepEqual(
    apex(`
      Set<String> letters = new Set<String>{ 'a', 'a', 'b' };
      Boolean isNew = letters.add('a');
      letters.retainAll(new List<String>{ 'b', 'c' });
      Map<Decimal, String> byNumber = new Map<Decimal, String>{ 1.0 => 'one' };
      String before = byNumber.put(1.00, 'uno');
      return new List<Object>{ letters, isNew, before, byNumber.get(1), byNumber.size(),
        byNumber.containsKey(2), byNumber.get(2) };`),
    [['b'], false, 'one', 'uno', 1, false, null]
  );
});

test('a map of records is made from a list of them', () => {
  assert.deepEqual(
    apex(`
      insert new Contact(LastName = 'Reed');
      Map<Id, Contact> byId = new Map<Id, Contact>([SELECT LastName FROM Contact]);
      return byId.values()[0].LastName + byId.keySet().size();`),
    'Reed1'
  );
});

test('dates and times are computed in UTC and written as ISO', () => {
  check({
    'Datetime.newInstance(0).addDays(1).addSeconds(1)': '1970-01-02T00:00:01.000Z',
    'String.valueOf(Datetime.newInstance(2026, 2, 28, 23, 0, 0).addHours(2))':
      '2026-03-01 01:00:00',
    [`Datetime.newInstance(0).formatGmt('yyyy-MM-dd\\'T\\'HH:mm:ss.SSS\\'Z\\'')`]:
      '1970-01-01T00:00:00.000Z',
    'Date.newInstance(2026, 1, 31).addMonths(1)': '2026-02-28',
    'Date.newInstance(2026, 1, 1).daysBetween(Date.newInstance(2026, 3, 1))': 59,
    [`Date.valueOf('2026-11-21') < Date.newInstance(2026, 11, 22)`]: true,
    [`Datetime.valueOf('2026-11-21 10:00:00').getTime()`]: Date.UTC(2026, 10, 21, 10)
  });
});

test('bytes are encoded, hashed and signed', () => {
  check({
    [`EncodingUtil.base64Encode(Blob.valueOf('hé'))`]: Buffer.from('hé').toString('base64'),
    [`EncodingUtil.urlEncode('a b&c@d', 'UTF-8')`]: 'a+b%26c%40d',
    [`EncodingUtil.urlDecode('a+b%26c', 'UTF-8')`]: 'a b&c',
    [`EncodingUtil.convertToHex(Crypto.generateDigest('SHA-256', Blob.valueOf('')))`]:
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    [`EncodingUtil.convertToHex(Crypto.generateMac('hmacSHA256', Blob.valueOf('a'), Blob.valueOf('k'))).length()`]: 64,
    [`new Url('https://shop.example:8443/p?q=1').getHost()`]: 'shop.example',
    [`new Url('https://shop.example/p?q=1').getQuery()`]: 'q=1'
  });
  assert.match(thrownBy(`Url u = new Url('no address');`), /StringException/);
});

test('labels and custom metadata come from the package', () => {
  check({
    [`String.format(System.Label.Weather_Sunny, new List<Object>{ 'warm' })`]: 'It is warm & sunny',
    'Label.Weather_Sunny.length()': 17,
    [`Greeting__mdt.getInstance('morning').Words__c`]: 'Good morning',
    [`String.valueOf(Greeting__mdt.getAll().get('Morning').Warmth__c)`]: '3.5',
    [`[SELECT Words__c FROM Greeting__mdt WHERE DeveloperName = 'Morning'].Words__c`]:
      'Good morning',
    [`Greeting__mdt.getInstance('Evening')`]: null
  });
});

test('the running user and the use of limits are known', () => {
  check({ 'UserInfo.getUserId()': '005000000000001AAA', 'Limits.getLimitCallouts()': 100 });
  assert.equal(apex('Integer n = [SELECT COUNT() FROM Contact]; return Limits.getQueries();'), 1);
});

test('an AuraHandledException tells Apex nothing unless it is given a message', () => {
  assert.deepEqual(
    apex(`
      AuraHandledException silent = new AuraHandledException('for the page');
      AuraHandledException told = new AuraHandledException('for the page');
      told.setMessage('for Apex');
      return new List<String>{ silent.getMessage(), told.getMessage(), silent.getTypeName() };`),
    ['Script-thrown exception', 'for Apex', 'System.AuraHandledException']
  );
});
