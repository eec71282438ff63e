import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { exposedComponents } from '../component-bundles.mjs';
import { recordPage } from '../flexipages.mjs';
import { readMetadata } from '../metadata.mjs';
import { pageView, placedFields } from '../page-view.mjs';
import { salesforceProject } from '../project.mjs';

const CARD = {
  name: 'card',
  label: 'Card',
  properties: [
    { name: 'title', type: 'String', default: null },
    { name: 'maxItems', type: 'Integer', default: '4' },
    { name: 'removeImage', type: 'Boolean', default: 'false' }
  ]
};

const property = ([name, value]) =>
  `<componentInstanceProperties><name>${name}</name><value>${value}</value></componentInstanceProperties>`;

const component = (name, properties = {}) =>
  `<itemInstances><componentInstance>${Object.entries(properties).map(property).join('')}
   <componentName>${name}</componentName><identifier>${name}</identifier></componentInstance></itemInstances>`;

const fieldItem = (name) =>
  `<itemInstances><fieldInstance><fieldItem>Record.${name}</fieldItem></fieldInstance></itemInstances>`;

const region = (name, ...items) =>
  `<flexiPageRegions>${items.join('')}<name>${name}</name><type>Region</type></flexiPageRegions>`;

/** A folder that holds a record page for contacts with these regions, under each of `names`. */
function pagesFolder(regions, names = ['Contact_Page']) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pages-'));
  for (const name of names) {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <FlexiPage xmlns="http://soap.sforce.com/2006/04/metadata">${regions.join('')}
      <masterLabel>Page</masterLabel><sobjectType>Contact</sobjectType>
      <template><name>flexipage:recordHomeTemplateDesktop</name></template><type>RecordPage</type></FlexiPage>`;
    fs.writeFileSync(path.join(folder, `${name}.flexipage-meta.xml`), xml);
  }
  return folder;
}

function viewOf({ header = [], main = [], sidebar = [] }, facets = []) {
  const regions = [
    region('header', ...header),
    region('main', ...main),
    region('sidebar', ...sidebar)
  ];
  return pageView(recordPage(pagesFolder([...regions, ...facets]), 'Contact'), [CARD]);
}

test('a region draws its components in the order of the metadata', () => {
  const first = component('card', { title: 'First' });
  const second = component('c:card', { title: 'Second' });
  const { sidebar } = viewOf({ sidebar: [first, second] });
  assert.deepEqual(
    sidebar.map(({ kind, name, properties }) => [kind, name, properties.title]),
    [
      ['component', 'card', 'First'],
      ['component', 'card', 'Second']
    ]
  );
});

test('a property arrives with the type its bundle declares, or its default', () => {
  const { sidebar } = viewOf({ sidebar: [component('card', { removeImage: 'true' })] });
  assert.deepEqual(sidebar[0].properties, { maxItems: 4, removeImage: true });
});

test('a tabset holds what the facets of its tabs hold', () => {
  const tabset = component('flexipage:tabset', { tabs: 'tabs' });
  const facets = [
    region(
      'tabs',
      component('flexipage:tab', { title: 'Standard.Tab.detail', body: 'first', active: 'true' }),
      component('flexipage:tab', { title: 'Offers', body: 'second' })
    ),
    region('first', component('force:detailPanel')),
    region('second', component('card'))
  ];
  const { main } = viewOf({ main: [tabset] }, facets);
  const tabs = main[0].tabs.map(({ label, isActive, parts }) => [label, isActive, parts[0].kind]);
  assert.deepEqual(tabs, [
    ['Details', true, 'details'],
    ['Offers', false, 'component']
  ]);
});

test('a field section has the fields of its columns', () => {
  const section = component('flexipage:fieldSection', { label: 'Facts', columns: 'columns' });
  const column = (body) => component('flexipage:column', { body });
  const facets = [
    region('columns', column('left'), column('right')),
    region('left', fieldItem('Title'), fieldItem('Email')),
    region('right', fieldItem('Phone'))
  ];
  const { main } = viewOf({ main: [section] }, facets);
  const columns = [['Title', 'Email'], ['Phone']];
  assert.deepEqual(main, [{ kind: 'fieldSection', label: 'Facts', columns }]);
});

test('an object without a page of its own shows its header and its details', () => {
  const view = pageView(recordPage(pagesFolder([]), 'Account'), []);
  assert.deepEqual(view.header, [{ kind: 'highlights' }]);
  assert.equal(view.main[0].tabs[0].parts[0].kind, 'details');
  assert.deepEqual(view.sidebar, []);
});

for (const [mistake, items, complaint] of [
  ['a component nobody wrote', [component('cart')], /unknown component cart/],
  [
    'a property the component does not have',
    [component('card', { colour: 'x' })],
    /no property colour/
  ],
  ['a number that is none', [component('card', { maxItems: 'four' })], /card.maxItems: "four"/],
  ['a truth that is none', [component('card', { removeImage: 'yes' })], /card.removeImage: "yes"/],
  ['a facet that is not there', [component('flexipage:tabset', { tabs: 'gone' })], /facet gone/],
  ['a field outside of a section', [fieldItem('Name')], /Name stands outside of a field section/],
  [
    'a part the local page cannot draw',
    ['<itemInstances><widgetInstance></widgetInstance></itemInstances>'],
    /cannot draw widgetInstance/
  ]
]) {
  test(`a page is refused for ${mistake}`, () => {
    assert.throws(() => viewOf({ sidebar: items }), complaint);
  });
}

test('two record pages for one object are refused, for the org would need to be told which', () => {
  const folder = pagesFolder([region('header')], ['One', 'Two']);
  assert.throws(() => recordPage(folder, 'Contact'), /Two record pages for Contact: One, Two/);
});

for (const objectName of ['Contact', 'Lead']) {
  test(`our own ${objectName} page places all components in its right column`, () => {
    const project = salesforceProject();
    const components = exposedComponents(project.components);
    const { sidebar } = pageView(recordPage(project.flexipages, objectName), components);
    const names = sidebar.map(({ name }) => name);
    const placed = ['nextBestPromotion', 'nextBestRecommendation', 'affinities', 'eventStream'];
    assert.deepEqual(names, placed);
  });
}

for (const objectName of ['Account', 'Contact', 'Lead']) {
  test(`our own ${objectName} page shows every field of the package's field set`, () => {
    const project = salesforceProject();
    const file = `objects/${objectName}/fieldSets/Personalization.fieldSet-meta.xml`;
    const { FieldSet: set } = readMetadata(path.join(project.components, '..', file));
    const fields = set.displayedFields.map(({ field }) => field);
    assert.equal(fields.length, 7);
    assert.deepEqual(placedFields(recordPage(project.flexipages, objectName)), fields);
  });
}
