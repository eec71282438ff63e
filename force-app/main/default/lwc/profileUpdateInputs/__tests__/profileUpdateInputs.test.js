import { changesBetween, inputsOf, readInputs, resourceIn } from 'c/profileUpdateInputs';

const input = (name, value, valueDataType = 'String') => ({ name, value, valueDataType });

const SAVED = [
  input('interactionName', 'CRM Lead Changed'),
  input('dataset', 'retail'),
  input('identityTypes', 'emailAddress, sfcrmLeadId'),
  input('identityValue1', '$Record.Email', 'reference'),
  input('identityValue2', '$Record.Id', 'reference'),
  input('attributeNames', 'jobTitle, employees:number'),
  input('attributeValue1', 'Buyer'),
  input('attributeValue2', 'Employees', 'reference'),
  input('profileObjectType', 'Case'),
  input('profileObjectId', '$Record.Id', 'reference'),
  input('profileObjectAttributeNames', 'status'),
  input('profileObjectAttributeValue1', 'Closed {!$Record.Id}'),
  input('blankPolicy', 'clear'),
  input('validateOnly', true, 'Boolean'),
  input('faultOnError', 'IsStrict', 'reference'),
  input('recordId', '$Record.Id', 'reference'),
  input('profileObjects', 'Cases', 'reference')
];

describe('profileUpdateInputs', () => {
  it('shows what is saved as a person would write it', () => {
    expect(readInputs(SAVED)).toEqual({
      interactionName: 'CRM Lead Changed',
      dataset: 'retail',
      identities: [
        { name: 'emailAddress', type: '', value: '{!$Record.Email}' },
        { name: 'sfcrmLeadId', type: '', value: '{!$Record.Id}' }
      ],
      attributes: [
        { name: 'jobTitle', type: '', value: 'Buyer' },
        { name: 'employees', type: 'number', value: '{!Employees}' }
      ],
      objectType: 'Case',
      objectId: '{!$Record.Id}',
      objectAttributes: [{ name: 'status', type: '', value: 'Closed {!$Record.Id}' }],
      blankPolicy: 'clear',
      validateOnly: true,
      faultOnError: '{!IsStrict}',
      recordId: '{!$Record.Id}',
      interviewId: '',
      identityCollection: '',
      attributeCollection: '',
      objectCollection: '{!Cases}'
    });
  });

  it('writes back exactly what it read', () => {
    const settings = readInputs(SAVED);
    const written = [...inputsOf(settings)].map(([name, rest]) => ({ name, ...rest }));
    const byName = (one, other) => one.name.localeCompare(other.name);
    expect(written.sort(byName)).toEqual([...SAVED].sort(byName));
    expect(changesBetween(SAVED, settings)).toEqual({ changed: [], deleted: [] });
  });

  it('tells what became other and what is gone, and nothing else', () => {
    const settings = { ...readInputs(SAVED), dataset: 'outlet', blankPolicy: '', attributes: [] };
    expect(changesBetween(SAVED, settings)).toEqual({
      changed: [input('dataset', 'outlet')],
      deleted: ['attributeNames', 'attributeValue1', 'attributeValue2', 'blankPolicy']
    });
  });

  it('moves the values up when a row in the middle is removed', () => {
    const settings = readInputs(SAVED);
    settings.identities.splice(0, 1);
    expect(changesBetween(SAVED, settings)).toEqual({
      changed: [
        input('identityTypes', 'sfcrmLeadId'),
        input('identityValue1', '$Record.Id', 'reference')
      ],
      deleted: ['identityValue2']
    });
  });

  it('keeps a row that has a name and no value yet, and drops one that has neither', () => {
    const settings = readInputs([]);
    settings.identities = [
      { name: '', type: '', value: '' },
      { name: 'emailAddress', type: '', value: '' }
    ];
    expect([...inputsOf(settings).keys()]).toEqual(['identityTypes']);
  });

  it('shows a value without a name, which the action would refuse', () => {
    const { attributes } = readInputs([input('attributeValue2', 'Buyer')]);
    expect(attributes).toEqual([
      { name: '', type: '', value: '' },
      { name: '', type: '', value: 'Buyer' }
    ]);
  });

  it('reads a switch in every spelling, and an absent one as off', () => {
    const switchFrom = (value, type) =>
      readInputs([input('validateOnly', value, type)]).validateOnly;
    expect(switchFrom('true', 'Boolean')).toBe(true);
    expect(switchFrom('$GlobalConstant.True', 'reference')).toBe(true);
    expect(switchFrom('$GlobalConstant.False', 'reference')).toBe(false);
    expect(switchFrom(null, 'Boolean')).toBe(false);
    expect(readInputs([]).validateOnly).toBe(false);
  });

  it('takes another spelling of the same for no change', () => {
    const other = [
      input('recordId', '{!$Record.Id}', 'Reference'),
      input('validateOnly', 'true', 'Boolean')
    ];
    expect(changesBetween(other, readInputs(other))).toEqual({ changed: [], deleted: [] });
  });

  it('leaves inputs alone that it does not know', () => {
    const later = [input('addedLater', 'x')];
    expect(changesBetween(later, readInputs(later))).toEqual({ changed: [], deleted: [] });
  });

  it('tells a resource from a text with one in it', () => {
    expect(resourceIn(' {!Get_Contact.Email} ')).toBe('Get_Contact.Email');
    expect(resourceIn('Dear {!Name}')).toBeNull();
    expect(resourceIn('{!A} {!B}')).toBeNull();
    expect(resourceIn(undefined)).toBeNull();
  });
});
