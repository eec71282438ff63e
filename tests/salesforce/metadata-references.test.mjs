import test from 'node:test';
import { check } from './checks/metadata-references.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('every name that leads nowhere is found where it is written', (t) => {
  assertFindings(check(plantedProject(t, 'metadata-references')), [
    'NoClass.cls-meta.xml:1: describes a class that is not there',
    'NoMeta.cls:1: has no -meta.xml beside it',
    'NoMeta.cls:2: there is no label Greeting_Helo',
    "NoMeta.cls:3: there is no named credential 'Greeting_Servce'",
    'OldVersion.cls-meta.xml:3: apiVersion is 64.0',
    'OldVersion.cls:1: no permission set grants OldVersion',
    'UngrantedAction.cls:1: no permission set grants UngrantedAction',
    'Bad_Page.flexipage-meta.xml:3: has no region sidbar',
    'Bad_Page.flexipage-meta.xml:5: component badPlace is not made for Contact',
    'Bad_Page.flexipage-meta.xml:5: component badPlace needs its property kind',
    "Bad_Page.flexipage-meta.xml:6: amount must be a whole number within its min and max, not '9'",
    'Bad_Page.flexipage-meta.xml:16: component greeting has no property knid',
    'Bad_Page.flexipage-meta.xml:20: hideWhenEmpty must be true or false',
    'Bad_Page.flexipage-meta.xml:29: there is no component greting',
    'Bad_Page.flexipage-meta.xml:35: component badCalls is not exposed',
    'Bad_Page.flexipage-meta.xml:42: Contact has no field Emial',
    'Bad_Page.flexipage-meta.xml:52: this page has no facet tabFacet',
    'Bad_Page.flexipage-meta.xml:61: force:detailPanell is not among',
    'Bad_Page.flexipage-meta.xml:69: no component shows the facet lostFacet',
    'Contact-Bad Layout.layout-meta.xml:9: Contact has no field Emial',
    'Bad_Set.fieldSet-meta.xml:5: Lead has no field Emial',
    'Bad_Flow.flow-meta.xml:3: the required input text is not given',
    'Bad_Flow.flow-meta.xml:11: Request has no input txet',
    'Bad_Flow.flow-meta.xml:19: no class GreetingController with an @InvocableMethod',
    'Bad_Flow.flow-meta.xml:30: there is no label Greeting_Helo',
    'Bad_Flow.flow-meta.xml:36: there is no object Contcat',
    'Unused.labels-meta.xml:3: label Greeting_Unused is used nowhere',
    'badCalls.html:2: component greeting has no @api maxItmes',
    'badCalls.html:3: there is no component <c-greting>',
    'badCalls.js-meta.xml:2: apiVersion is missing',
    'badCalls.js:4: there is no @AuraEnabled method GreetingController.getGreting',
    'badCalls.js:5: there is no label Greeting_Titel',
    'badCalls.js:6: Contact has no field Emial',
    'badCalls.js:7: there is no module c/nowhere',
    'badCalls.js:12: the wire waits for recordIdd',
    'badCalls.js:13: getGreeting has no parameter recordID',
    'badCalls.js:13: getGreeting is called without recordId',
    'badCalls.js:14: a wire needs cacheable=true on load',
    'badCalls.js:18: load has no parameter record',
    'badCalls.js:18: load is called without recordId',
    'badPlace.js-meta.xml:11: no class GreetingClient extends VisualEditor.DynamicPickList',
    'badPlace.js-meta.xml:18: badPlace.js has no @api amount',
    'badPlace.js-meta.xml:20: there is no object Laed',
    'noMeta.js:1: component noMeta needs noMeta.js-meta.xml',
    'Bad_Service.namedCredential-meta.xml:14: no external credential Greeting_Servce',
    'Bad_Group.permissionsetgroup-meta.xml:5: no permission set Greeting_Viewr',
    'Bad_Grants.permissionset-meta.xml:3: there is no class GreetingControler',
    'Bad_Grants.permissionset-meta.xml:11: there is no custom permission See_Greetings',
    'Bad_Grants.permissionset-meta.xml:15: there is no principal Greeting_Service-Admin',
    'Bad_Grants.permissionset-meta.xml:19: there is no field Account.Greting__c',
    'Bad_Grants.permissionset-meta.xml:24: there is no flow Send_Greting',
    'Bad_Grants.permissionset-meta.xml:29: there is no object Visit__c',
    'Laed.json:1: there is no object Laed',
    'Lead.json:5: Lead has no field Emial',
    'Lead.json:6: Lead has no relationship Ownr'
  ]);
});

test('a correct project has no name that leads nowhere', (t) => {
  assertFindings(check(plantedProject(t)), []);
});
