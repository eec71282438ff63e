/** A record page ready to draw: each part named by kind, each component with its typed values. */
import { propertyValues } from './component-properties.mjs';
import { relatedListPart } from './related-lists.mjs';

/** Parts that every org has; the shell of the page draws them. Others are our own bundles. */
const PLATFORM_PARTS = {
  'force:highlightsPanel': () => ({ kind: 'highlights' }),
  'force:detailPanel': () => ({ kind: 'details' }),
  'lst:dynamicRelatedList': relatedListPart,
  'flexipage:fieldSection': ({ label, columns }, page) => ({
    kind: 'fieldSection',
    label,
    columns: instances(page, columns).map(({ properties: { body } }) =>
      instances(page, body).map(({ field }) => field)
    )
  }),
  'flexipage:tabset': ({ tabs }, page, components) => ({
    kind: 'tabset',
    tabs: regionParts(page, tabs, components)
  }),
  'flexipage:tab': ({ title, body, active }, page, components) => ({
    kind: 'tab',
    label: STANDARD_TABS[title] ?? title,
    isActive: active === 'true',
    parts: regionParts(page, body, components)
  })
};

const STANDARD_TABS = {
  'Standard.Tab.detail': 'Details',
  'Standard.Tab.relatedLists': 'Related',
  'Standard.Tab.activity': 'Activity'
};

/** What Lightning shows for an object without a page of its own. */
const DETAILS_TAB = { kind: 'tab', label: 'Details', isActive: true, parts: [{ kind: 'details' }] };
const DEFAULT_PAGE = {
  header: [{ kind: 'highlights' }],
  main: [{ kind: 'tabset', tabs: [DETAILS_TAB] }],
  sidebar: []
};

/**
 * The parts of `page` (from `recordPage()`, or null) by region: `{header, main, sidebar}`.
 * A part is `{kind: 'highlights' | 'details'}`, `{kind: 'fieldSection', label, columns: [[field
 * name]]}`, `{kind: 'relatedList', ...}` of
 * `relatedListPart()`, `{kind: 'tabset', tabs}`, `{kind: 'tab', label, isActive, parts}` or `{kind:
 * 'component', name, label, properties}`.
 * Raises: Error on another template, an unknown component, a wrong property.
 */
export function pageView(page, components) {
  if (!page) return DEFAULT_PAGE;
  if (page.template !== 'flexipage:recordHomeTemplateDesktop') {
    throw new Error(`${page.name}: template ${page.template} is not drawn locally`);
  }
  const parts = (region) => regionParts(page, region, components);
  return { header: parts('header'), main: parts('main'), sidebar: parts('sidebar') };
}

/** The parts of an app page (from `appPage()`), from top to bottom. */
export function appPageView(page, components) {
  if (page.template !== 'flexipage:defaultAppHomeTemplate') {
    throw new Error(`${page.name}: template ${page.template} is not drawn locally`);
  }
  return regionParts(page, 'main', components);
}

/** The parts of the home page (from `homePage()`, or null), from top to bottom. */
export function homePageView(page, components) {
  if (page && page.template !== 'home:desktopTemplate') {
    throw new Error(`${page.name}: template ${page.template} is not drawn locally`);
  }
  const regions = Object.keys(page?.regions ?? {});
  return regions.flatMap((region) => regionParts(page, region, components));
}

function regionParts(page, region, components) {
  return instances(page, region).map((instance) => partOf(instance, page, components));
}

function instances(page, region) {
  if (!(region in page.regions)) throw new Error(`${page.name}: no region or facet ${region}`);
  return page.regions[region];
}

function partOf({ name, properties, field }, page, components) {
  if (field) throw new Error(`${page.name}: ${field} stands outside of a field section`);
  if (name in PLATFORM_PARTS) return PLATFORM_PARTS[name](properties, page, components);
  const component = components.find((candidate) => candidate.name === name);
  if (!component) throw new Error(`${page.name}: unknown component ${name}`);
  const values = propertyValues(component, properties);
  return { kind: 'component', name, label: component.label, properties: values };
}

/** The names of all fields that a page (from `recordPage()`, or null) places by themselves. */
export function placedFields(page) {
  const items = Object.values(page?.regions ?? {}).flat();
  return items.filter(({ field }) => field).map(({ field }) => field);
}
