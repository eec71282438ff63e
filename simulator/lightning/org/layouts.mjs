/**
 * What the page shows of each object, as page layouts, compact layouts and list views would say;
 * `edited` are the fields of its form, `nameField` what a record is called by, unless that is Name.
 *
 * A field is its API name, or `{field, label}` where Lightning's label differs from the field's,
 * or `{address, label}` for the parts `<address>Street`, `<address>City` and so on.
 */
const ACCOUNT = { field: 'AccountId', label: 'Account Name' };
const OWNER = { field: 'OwnerId', label: 'Owner' };
const CREATED_BY = { field: 'CreatedById', label: 'Created By' };
const MODIFIED_BY = { field: 'LastModifiedById', label: 'Last Modified By' };
const NAME = { field: 'Name', label: 'Name' };

const SYSTEM_SECTION = {
  label: 'System Information',
  columns: [
    [CREATED_BY, 'CreatedDate'],
    [MODIFIED_BY, 'LastModifiedDate']
  ]
};

const description = (field) => ({
  label: 'Description Information',
  columns: [[{ field, label: 'Description' }]]
});

export const LAYOUTS = {
  Contact: {
    icon: 'standard:contact',
    list: [NAME, ACCOUNT, 'Title', 'Email', { field: 'Phone', label: 'Phone' }],
    searched: ['Name', 'Email', 'Title', 'Account.Name'],
    edited: ['FirstName', 'LastName', 'Title', 'Department', 'Email', 'Phone'],
    highlights: ['Title', ACCOUNT, { field: 'Phone', label: 'Phone' }, 'Email', OWNER],
    sections: [
      {
        label: 'Contact Information',
        columns: [
          [NAME, ACCOUNT, 'Title', 'Department', { field: 'ReportsToId', label: 'Reports To' }],
          ['Email', { field: 'Phone', label: 'Phone' }, 'MobilePhone', 'LeadSource', 'Birthdate']
        ]
      },
      {
        label: 'Address Information',
        columns: [
          [{ address: 'Mailing', label: 'Mailing Address' }],
          [{ address: 'Other', label: 'Other Address' }]
        ]
      },
      description('Description'),
      SYSTEM_SECTION
    ]
  },
  Lead: {
    icon: 'standard:lead',
    list: [NAME, 'Company', 'Title', 'Email', 'Status'],
    searched: ['Name', 'Email', 'Title', 'Company'],
    edited: ['FirstName', 'LastName', 'Title', 'Company', 'Email', 'Status', 'NumberOfEmployees'],
    highlights: ['Title', 'Company', 'Phone', 'Email', { field: 'Status', label: 'Lead Status' }],
    sections: [
      {
        label: 'Lead Information',
        columns: [
          [NAME, 'Company', 'Title', { field: 'Status', label: 'Lead Status' }, 'Rating'],
          ['Email', 'Phone', 'MobilePhone', 'LeadSource', 'Website']
        ]
      },
      {
        label: 'Company Information',
        columns: [['Industry', 'NumberOfEmployees'], [{ address: '', label: 'Address' }]]
      },
      description('Description'),
      SYSTEM_SECTION
    ]
  },
  Account: {
    icon: 'standard:account',
    list: [NAME, 'Industry', 'BillingCity', { field: 'Phone', label: 'Phone' }, 'Website'],
    searched: ['Name', 'Industry', 'BillingCity'],
    highlights: [
      { field: 'Type', label: 'Type' },
      { field: 'Phone', label: 'Phone' },
      'Website',
      OWNER,
      'Industry'
    ],
    sections: [
      {
        label: 'Account Information',
        columns: [
          [
            NAME,
            { field: 'ParentId', label: 'Parent Account' },
            { field: 'Type', label: 'Type' },
            'Industry'
          ],
          [{ field: 'Phone', label: 'Phone' }, 'Website', 'NumberOfEmployees', 'AnnualRevenue']
        ]
      },
      {
        label: 'Address Information',
        columns: [
          [{ address: 'Billing', label: 'Billing Address' }],
          [{ address: 'Shipping', label: 'Shipping Address' }]
        ]
      },
      description('Description'),
      SYSTEM_SECTION
    ]
  },
  Offer_Response__c: {
    icon: 'standard:feedback',
    list: [
      NAME,
      'Answered_At__c',
      'User__c',
      'Contact__c',
      'Lead__c',
      'Item_Name__c',
      'Answer__c',
      'Reason__c',
      'Status__c'
    ],
    searched: ['Name', 'Item_Name__c', 'Answer__c', 'Reason__c', 'Status__c'],
    highlights: ['Item_Name__c', 'Answer__c', 'Reason__c', 'Answered_At__c', 'Status__c'],
    sections: [
      {
        label: 'Answer',
        columns: [
          [NAME, 'Contact__c', 'Lead__c', 'User__c', 'Answered_At__c'],
          ['Answer__c', 'Reason__c', 'Control_Group__c']
        ]
      },
      {
        label: 'Offer',
        columns: [
          ['Item_Name__c', 'Item_Type__c', 'Item_Id__c'],
          ['Campaign_Name__c', 'Campaign_Id__c', 'Experience_Id__c', 'Dataset__c']
        ]
      },
      {
        label: 'Delivery',
        columns: [
          ['Status__c', 'Status_Detail__c', 'Correlation_Id__c'],
          ['View_Id__c', 'Request_Fingerprint__c', 'Fingerprint__c']
        ]
      },
      SYSTEM_SECTION
    ]
  },
  Case: {
    icon: 'standard:case',
    nameField: 'CaseNumber',
    list: ['CaseNumber', { field: 'ContactId', label: 'Contact Name' }, 'Subject', 'Status'],
    searched: ['CaseNumber', 'Subject', 'Contact.Name'],
    edited: ['Status', 'Priority', 'Subject', 'Type', 'Reason', 'Origin'],
    highlights: [{ field: 'ContactId', label: 'Contact Name' }, 'Subject', 'Status', 'Priority'],
    sections: [
      {
        label: 'Case Information',
        columns: [
          ['CaseNumber', { field: 'ContactId', label: 'Contact Name' }, ACCOUNT, OWNER],
          ['Status', 'Priority', 'Type', 'Reason', 'Origin']
        ]
      },
      { label: 'Description Information', columns: [['Subject'], ['Description']] },
      SYSTEM_SECTION
    ]
  },
  Opportunity: {
    icon: 'standard:opportunity',
    list: [NAME, ACCOUNT, 'StageName', 'Amount', 'CloseDate'],
    searched: ['Name', 'Account.Name', 'StageName'],
    highlights: [ACCOUNT, 'CloseDate', 'Amount', OWNER, 'StageName'],
    sections: [
      {
        label: 'Opportunity Information',
        columns: [
          [NAME, ACCOUNT, 'Type', OWNER],
          ['StageName', 'Amount', 'CloseDate', 'NextStep', 'LeadSource']
        ]
      },
      description('Description'),
      SYSTEM_SECTION
    ]
  }
};

/** Objects of the page, in the order of its navigation bar. */
export const OBJECT_NAMES = Object.keys(LAYOUTS);
