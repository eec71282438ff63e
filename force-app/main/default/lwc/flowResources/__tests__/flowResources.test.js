import { collectionsOf, knowledgeOf, objectsIn, resourceGroups } from 'c/flowResources';

const CONTEXT = {
  start: { object: 'Case' },
  actionCalls: [{ name: 'Send_Case' }, { name: 'Read_Offer' }],
  recordLookups: [{ name: 'Get_Contact', label: 'Get Contact', object: 'Contact' }],
  variables: [
    { name: 'Greeting', dataType: 'String', isCollection: false },
    { name: 'Count', dataType: 'Number', isCollection: 'false' },
    {
      name: 'Cases',
      dataType: 'Apex',
      apexClass: 'PersonalizationProfileObject',
      isCollection: 'true'
    }
  ],
  constants: [{ name: 'Shop', dataType: 'String' }],
  formulas: [{ name: 'Visits', dataType: 'String' }],
  textTemplates: [{ name: 'Letter' }],
  screens: [
    {
      name: 'Ask',
      fields: [
        { name: 'Note', fieldType: 'LargeTextArea' },
        { name: 'Text', fieldType: 'DisplayText' }
      ]
    }
  ]
};
const FIELDS = {
  Case: [
    { name: 'Status', label: 'Status', isText: true },
    { name: 'CreatedDate', label: 'Created', isText: false }
  ],
  Contact: [{ name: 'Email', label: 'Email', isText: true }]
};
const OUTPUTS = {
  Send_Case: [{ name: 'status', label: 'Status', dataType: 'String' }],
  Read_Offer: [
    { name: 'firstName', label: 'First Item: Name', dataType: 'String' },
    { name: 'items', dataType: 'Apex', isCollection: true }
  ]
};

const groups = () => resourceGroups(CONTEXT, OUTPUTS, FIELDS, 'Send_Case');
const names = () =>
  groups().map(({ label, resources }) => [label, resources.map(({ name }) => name)]);

describe('flowResources', () => {
  it('names the objects whose fields the Flow can reach, each once', () => {
    const lookups = [{ object: 'Contact' }, { object: 'Case' }];
    expect(objectsIn({ ...CONTEXT, recordLookups: lookups })).toEqual(['Case', 'Contact']);
    expect(objectsIn(undefined)).toEqual([]);
  });

  it('groups what the Flow holds, without the outputs of the element itself', () => {
    expect(names()).toEqual([
      ['Record that starts the Flow', ['$Record.Status', '$Record.CreatedDate']],
      ['Get Records: Get Contact', ['Get_Contact.Email']],
      ['Variables, constants and formulas', ['Greeting', 'Count', 'Shop', 'Visits', 'Letter']],
      ['Screen fields', ['Note']],
      ['Outputs of actions', ['Read_Offer.firstName']],
      [
        'The running Flow',
        ['$Flow.InterviewGuid', '$Flow.CurrentDateTime', '$Flow.CurrentDate', '$Flow.FaultMessage']
      ]
    ]);
  });

  it('offers what Flow Builder itself has before anything is known', () => {
    expect(resourceGroups(undefined, undefined, {}, undefined)).toHaveLength(1);
  });

  it('finds collections of an Apex-defined type', () => {
    expect(collectionsOf(CONTEXT, 'PersonalizationProfileObject')).toEqual(['Cases']);
    expect(collectionsOf(CONTEXT, 'PersonalizationIdentity')).toEqual([]);
  });

  it('knows texts, other values, and names that lead nowhere', () => {
    const knowledge = (name) => knowledgeOf(name, groups(), CONTEXT);
    expect(knowledge('$Record.Status')).toEqual({ isText: true });
    expect(knowledge('$Record.CreatedDate')).toEqual({ isText: false });
    expect(knowledge('$Record.Statsu')).toEqual({ isUnknown: true });
    expect(knowledge('Get_Contact.Emial')).toEqual({ isUnknown: true });
    expect(knowledge('Get_Nobody.Email')).toEqual({ isUnknown: true });
    expect(knowledge('Count')).toEqual({ isText: false });
  });

  it('leaves open what it cannot know: fields of fields, and what belongs to the platform', () => {
    const knowledge = (name) => knowledgeOf(name, groups(), CONTEXT);
    expect(knowledge('$Record.Contact.Email')).toBeNull();
    expect(knowledge('$User.Email')).toBeNull();
    expect(
      knowledgeOf('$Record.Anything', resourceGroups(CONTEXT, {}, {}, ''), CONTEXT)
    ).toBeNull();
  });
});
