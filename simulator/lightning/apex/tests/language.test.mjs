import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apex, thrownBy, value } from './probe.mjs';

test('names are found without regard to case', () => {
  assert.equal(apex('Integer Count = 1; COUNT += 2; return cOUNT;'), 3);
});

test('whole numbers divide to whole numbers, decimals keep their places', () => {
  assert.equal(value('7 / 2'), 3);
  assert.equal(value('-7 / 2'), -3);
  assert.equal(value('String.valueOf(7.0 / 2)'), '3.5');
  assert.equal(value('String.valueOf(1.10 + 2)'), '3.10');
});

test('texts are equal without regard to case, and not with ===', () => {
  assert.equal(value(`'Abc' == 'aBC'`), true);
  assert.equal(value(`'Abc' === 'aBC'`), false);
  assert.equal(value(`'a' != 'b'`), true);
});

test('comparing with null is false, computing with null is an exception', () => {
  assert.equal(apex('Integer none; return none > 1 || none < 1;'), false);
  assert.match(thrownBy('Integer none; Integer sum = none + 1;'), /NullPointerException/);
});

test('a text joined with null says null', () => {
  assert.equal(value(`'x' + null + 1 + true`), 'xnull1true');
});

test('steps and compound assignments answer as in Apex', () => {
  assert.deepEqual(
    apex(`
      Integer i = 1;
      List<Integer> seen = new List<Integer>{ i++, i, ++i, i--, i };
      i *= 5; seen.add(i);
      i -= 3; seen.add(i);
      seen[0] += 10;
      return seen;`),
    [11, 2, 3, 3, 2, 10, 7]
  );
});

test('the target of a compound assignment is computed once', () => {
  const members = `
    static Integer asked = 0;
    class Box { Integer n = 1; }
    static Box box = new Box();
    static Box find() { asked++; return box; }`;
  assert.deepEqual(
    apex('find().n += 4; return new List<Integer>{ asked, box.n };', { members }),
    [1, 5]
  );
});

test('every kind of loop runs, breaks and continues', () => {
  assert.deepEqual(
    apex(`
      List<Integer> out = new List<Integer>();
      for (Integer i = 0; i < 5; i++) { if (i == 1) continue; if (i == 3) break; out.add(i); }
      for (Integer each : new Set<Integer>{ 10, 11 }) out.add(each);
      Integer n = 0;
      while (n < 2) n++;
      do { n++; } while (n < 5);
      out.add(n);
      return out;`),
    [0, 2, 10, 11, 5]
  );
});

test('switch knows values, several values, null, enums, types and else', () => {
  const members = `
    enum Size { SMALL, LARGE }
    static String of(Object subject) {
      switch on subject {
        when Integer whole { return 'whole ' + (whole + 1); }
        when String text { return 'text ' + text; }
        when else { return 'other'; }
      }
    }
    static String named(String name) {
      switch on name {
        when 'a', 'b' { return 'early'; }
        when null { return 'none'; }
        when else { return 'late'; }
      }
    }
    static String sized(Size size) {
      switch on size { when SMALL { return 's'; } when LARGE { return 'l'; } }
      return '?';
    }`;
  const calls = `new List<String>{ of(1), of('x'), of(true), named('b'), named(null), named('z'),
    sized(Size.LARGE), sized(Size.valueOf('small')) }`;
  assert.deepEqual(value(calls, { members }), [
    'whole 2',
    'text x',
    'other',
    'early',
    'none',
    'late',
    'l',
    's'
  ]);
});

test('?. on null skips the whole rest of the chain', () => {
  assert.equal(apex('String none; return none?.trim().toUpperCase().length();'), null);
  assert.equal(apex(`String some = ' a '; return some?.trim().toUpperCase();`), 'A');
});

test('?? takes the first that is not null', () => {
  assert.equal(apex(`String none; return none ?? null ?? 'last';`), 'last');
});

test('exceptions are caught by type, and finally always runs', () => {
  const members = `
    virtual class Refused extends Exception {}
    class Worse extends Refused {}`;
  assert.deepEqual(
    apex(
      `
      List<String> said = new List<String>();
      try {
        try { throw new Worse('inner'); }
        catch (NullPointerException never) { said.add('never'); }
        finally { said.add('finally'); }
      } catch (Refused e) { said.add(e.getTypeName() + ' ' + e.getMessage()); }
      try { throw new Worse('outer', new Worse('cause')); }
      catch (Exception e) { said.add(e.getCause().getMessage()); }
      return said;`,
      { members }
    ),
    ['finally', 'Probe.Worse inner', 'cause']
  );
});

test('an exception keeps its usual constructors beside its own', () => {
  const members = `
    class Refused extends Exception {
      public String code;
      public Refused(String code, String message) { this(message); this.code = code; }
    }`;
  assert.deepEqual(
    apex(
      `Refused own = new Refused('C', 'told');
       Refused usual = new Refused('outer', own);
       return new List<String>{ own.code, own.getMessage(), usual.code, usual.getCause().getMessage() };`,
      { members }
    ),
    ['C', 'told', null, 'told']
  );
});

test('a method that calls itself for ever ends with an exception that Apex cannot catch', () => {
  const members = 'static Integer deeper(Integer n) { return deeper(n + 1); }';
  assert.equal(
    thrownBy('try { deeper(0); } catch (Exception e) { return null; }', { members }),
    'System.LimitException: Maximum stack depth reached: 1001'
  );
});

test('an exception knows the line and the way it came', () => {
  const members = `static void fail() {\n Integer zero = 0;\n Integer bad = 1 / zero;\n}`;
  assert.deepEqual(
    apex(
      `try { fail(); } catch (MathException e) {
         return new List<Object>{ e.getMessage(), e.getLineNumber(), e.getStackTraceString() };
       }
       return null;`,
      { members }
    ),
    ['Divide by 0', 4, 'Class.Probe.fail: line 4, column 1\nClass.Probe.run: line 7, column 1']
  );
});

test('a class is set up from the top: fields, blocks, constructors', () => {
  const members = `
    virtual class Base {
      protected List<String> steps = new List<String>{ 'base field' };
      public Base(String name) { steps.add('base ' + name); }
      public virtual String who() { return 'base'; }
      public String ask() { return who(); }
    }
    class Child extends Base {
      private String own = 'child field';
      { steps.add(own); }
      public Child() { super('made'); steps.add('child'); }
      public Child(String name) { this(); steps.add(name); }
      public override String who() { return 'child of ' + super.who(); }
    }`;
  assert.deepEqual(
    apex(
      `Child c = new Child('named'); List<String> all = c.steps.clone(); all.add(c.ask()); return all;`,
      {
        members
      }
    ),
    ['base field', 'child field', 'base made', 'child', 'named', 'child of base']
  );
});

test('static fields and blocks are set up once, in order, at the first use', () => {
  const classes = {
    'Counter.cls': `public class Counter {
      public static List<String> steps = new List<String>{ 'first' };
      static { steps.add('block'); }
      public static final Integer SIZE = steps.size();
    }`
  };
  assert.deepEqual(apex('return new List<Object>{ Counter.SIZE, Counter.steps };', { classes }), [
    2,
    ['first', 'block']
  ]);
});

test('properties run their accessors, which see the storage behind', () => {
  const members = `
    class Lazy {
      public Integer asked { get; private set; }
      public String text { get { asked = (asked ?? 0) + 1; if (text == null) { text = 'made'; } return text; }
        set { text = value + '!'; } }
      public static String shared { get { return shared ?? 'none'; } set; }
    }`;
  assert.deepEqual(
    apex(
      `Lazy l = new Lazy();
       String first = l.text;
       l.text = 'set';
       Lazy.shared = 'kept';
       return new List<Object>{ first, l.text, l.asked, Lazy.shared };`,
      { members }
    ),
    ['made', 'set!', 2, 'kept']
  );
});

test('overloads are chosen by the values, the closest type first', () => {
  const members = `
    static String of(String s) { return 'String'; }
    static String of(Integer i) { return 'Integer'; }
    static String of(Decimal d) { return 'Decimal'; }
    static String of(List<String> l) { return 'List'; }
    static String of(Exception e) { return 'Exception'; }
    static String of(Object o) { return 'Object'; }
    static String of(String s, Integer i) { return 'two'; }`;
  const calls = `new List<String>{ of('x'), of(1), of(1.5), of(new List<String>()),
    of(new DmlException()), of(true), of(null, null) }`;
  assert.deepEqual(value(calls, { members }), [
    'String',
    'Integer',
    'Decimal',
    'List',
    'Exception',
    'Object',
    'two'
  ]);
});

test('interfaces, abstract classes and casts tell types apart', () => {
  const members = `
    interface Named { String name(); }
    abstract class Thing implements Named { public abstract String name(); }
    class Chair extends Thing { public override String name() { return 'chair'; } }`;
  assert.deepEqual(
    apex(
      `Object o = new Chair();
       Named n = (Named) o;
       return new List<Object>{ n.name(), o instanceof Thing, o instanceof String };`,
      { members }
    ),
    ['chair', true, false]
  );
  assert.equal(
    thrownBy(`Object o = 'text'; Integer i = (Integer) o;`),
    'System.TypeException: Invalid conversion from runtime type String to Integer'
  );
});

test('a list of anything is no list of texts, and a list of texts is one of anything', () => {
  assert.equal(
    apex(`Object o = new List<Object>{ 'a' }; return o instanceof List<String>;`),
    false
  );
  assert.equal(apex(`Object o = new List<String>{ 'a' }; return o instanceof List<Object>;`), true);
});

test('values are converted where they are stored', () => {
  assert.deepEqual(
    apex(`Decimal whole = 2; Double real = 2; Long big = 3; Id key = '003000000000001';
      return new List<String>{ String.valueOf(whole), String.valueOf(real), String.valueOf(big), key };`),
    ['2', '2.0', '3', '003000000000001AAA']
  );
  assert.equal(thrownBy(`Id key = 'no id';`), 'System.StringException: Invalid id: no id');
});

test('inner types, arrays and enum methods work', () => {
  const members = 'public enum Sky { CLEAR, CLOUDY }';
  assert.deepEqual(
    apex(
      `String[] names = new String[2];
       names[1] = Probe.Sky.values()[1].name();
       Integer[] order = new Integer[]{ Sky.CLEAR.ordinal(), Sky.CLOUDY.ordinal() };
       return new List<Object>{ names, order };`,
      { members }
    ),
    [
      [null, 'CLOUDY'],
      [0, 1]
    ]
  );
});

test('objects print their fields, or what their toString says', () => {
  const members = `
    class Plain { Integer a = 1; String b; }
    class Told { public override String toString() { return 'told'; } }`;
  assert.equal(value(`'' + new Plain() + new Told()`, { members }), 'Plain:[a=1, b=null]told');
});

test('an index outside of the list is an exception', () => {
  assert.equal(
    thrownBy('List<Integer> none = new List<Integer>(); Integer x = none[0];'),
    'System.ListException: List index out of bounds: 0'
  );
});
