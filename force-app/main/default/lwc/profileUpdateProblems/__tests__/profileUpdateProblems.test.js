import { readInputs } from 'c/profileUpdateInputs';
import { problemsOf } from 'c/profileUpdateProblems';

const DATASETS = [
  {
    name: 'retail',
    identityTypes: [{ name: 'emailAddress' }, { name: 'customerId' }],
    attributes: [
      { name: 'jobTitle', type: 'string' },
      { name: 'visits', type: 'number' },
      { name: 'isMember', type: 'boolean' },
      { name: 'since', type: 'date' }
    ],
    profileObjectTypes: [{ name: 'Case', attributes: [{ name: 'status', type: 'string' }] }]
  }
];
const row = (name, value, type = '') => ({ name, type, value });
const GOOD = {
  ...readInputs([]),
  interactionName: 'CRM Case Closed',
  dataset: 'retail',
  identities: [row('emailAddress', '{!$Record.Email}')]
};

/** The sentences by place, for GOOD with `part` in it. */
function problems(part, { datasets = DATASETS, knowledge = () => ({ isText: true }) } = {}) {
  return Object.fromEntries(problemsOf({ ...GOOD, ...part }, datasets, knowledge));
}

describe('profileUpdateProblems', () => {
  it('has nothing against settings that will work', () => {
    const part = {
      attributes: [
        row('jobTitle', 'Buyer'),
        row('visits', '12.5', 'number'),
        row('since', '2026-11-21', 'date')
      ],
      objectType: 'Case',
      objectId: '{!$Record.Id}',
      objectAttributes: [row('status', 'Closed')]
    };
    expect(problems(part)).toEqual({});
  });

  it.each([
    ['', 'Enter or choose a value.'],
    ['Case {!$Record.Status}', /constant text/],
    ['x'.repeat(101), 'At most 100 characters.']
  ])('refuses the interaction name %s', (interactionName, sentence) => {
    expect(problems({ interactionName }).interactionName).toMatch(sentence);
  });

  it.each([
    ['', 'Enter or choose a value.'],
    ['{!Dataset}', /constant text/],
    ['wholesale', 'The service has no dataset wholesale.']
  ])('refuses the dataset %s', (dataset, sentence) => {
    expect(problems({ dataset }).dataset).toMatch(sentence);
  });

  it('wants an identity, as a pair or in a collection', () => {
    expect(problems({ identities: [] }).identities).toMatch(/at least one identity/);
    expect(problems({ identities: [], identityCollection: '{!People}' })).toEqual({});
  });

  it('names the row whose type or value is missing, unknown or there twice', () => {
    const identities = [
      row('', 'x'),
      row('phone', 'x'),
      row('customerId', ''),
      row('customerId', 'x')
    ];
    expect(problems({ identities })).toEqual({
      'identities.0.name': 'Enter or choose a value.',
      'identities.1.name': 'The dataset has no identity type phone.',
      'identities.2.value': 'Enter or choose a value.',
      'identities.3.name': 'customerId is there twice.'
    });
  });

  it('wants attributes of the dataset, with their type', () => {
    const attributes = [row('height', '1', 'number'), row('visits', '{!Visits}')];
    expect(problems({ attributes })).toEqual({
      'attributes.0.name': 'The dataset has no attribute height.',
      'attributes.1.name': 'visits is a number in this dataset, not a string. Choose it again.'
    });
  });

  it.each([
    ['number', 'visits', 'many', 'Enter a number such as 12.5.'],
    ['number', 'visits', '1e5', 'Enter a number such as 12.5.'],
    ['boolean', 'isMember', 'yes', 'Enter true or false.'],
    ['date', 'since', '21.11.2026', /date such as 2026-11-21/],
    ['date', 'since', '2026-13-40', /date such as 2026-11-21/]
  ])('refuses a %s that is none', (type, name, value, sentence) => {
    expect(problems({ attributes: [row(name, value, type)] })['attributes.0.value']).toMatch(
      sentence
    );
  });

  it('does not judge a value that only the running Flow knows', () => {
    expect(problems({ attributes: [row('visits', '{!Visits}', 'number')] })).toEqual({});
  });

  it('takes a blank attribute where blanks clear, and never an identity', () => {
    const part = {
      blankPolicy: 'clear',
      attributes: [row('jobTitle', '')],
      identities: [row('customerId', '')]
    };
    expect(problems(part)).toEqual({ 'identities.0.value': 'Enter or choose a value.' });
    expect(problems({ attributes: [row('jobTitle', '')] })).toHaveProperty(['attributes.0.value']);
  });

  it('wants a profile object to be whole', () => {
    expect(problems({ objectId: '{!$Record.Id}' }).objectType).toMatch(/needs a type/);
    expect(problems({ objectType: 'Case' }).objectId).toMatch(/needs an ID/);
    expect(problems({ objectType: 'Order', objectId: 'a' }).objectType).toBe(
      'The dataset has no profile object type Order.'
    );
    expect(problems({ objectType: 'Case', objectId: 'a b' }).objectId).toMatch(/1 to 30 letters/);
    const unknown = { objectType: 'Case', objectId: 'a', objectAttributes: [row('colour', 'x')] };
    expect(problems(unknown)['objectAttributes.0.name']).toBe(
      'The dataset has no attribute colour.'
    );
  });

  it('names a resource that is not there, and one that is not a text', () => {
    const email = '$Record.Email';
    const knowledge = (name) => ({ isUnknown: name === email, isText: false });
    const found = problems({ recordId: '{!Count}' }, { knowledge });
    expect(found['identities.0.value']).toBe('The Flow has no resource {!$Record.Email}.');
    expect(found.recordId).toBe(
      '{!Count} is not a text. Make a formula with TEXT({!Count}) and use that.'
    );
  });

  it('checks no names while nobody knows them, and everything else', () => {
    const part = {
      dataset: 'anything',
      attributes: [row('height', '1')],
      identities: [row('', '')]
    };
    expect(problems(part, { datasets: null })).toEqual({
      'identities.0.name': 'Enter or choose a value.',
      'identities.0.value': 'Enter or choose a value.'
    });
  });
});
