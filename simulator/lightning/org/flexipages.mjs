/** Lightning record pages, app pages and the home page, read from FlexiPage metadata. */
import { readMetadataFolder } from './metadata.mjs';

/**
 * The record page of `objectName`, or null when the project has none.
 * Shape: `{name, label, template, regions: {regionName: [component]}}` where a component is
 * `{name, properties: {name: text}}`, or `{field}` for a field of the record that stands by itself.
 * Regions and facets are in one table: a tab names its facet.
 * Raises: Error on two pages for one object, and on parts that the local page cannot draw.
 */
export function recordPage(directory, objectName) {
  const pages = readMetadataFolder(directory, '.flexipage-meta.xml').filter(
    ({ content: { FlexiPage: page } }) =>
      page.type === 'RecordPage' && page.sobjectType === objectName
  );
  if (pages.length > 1) {
    throw new Error(
      `Two record pages for ${objectName}: ${pages.map(({ name }) => name).join(', ')}`
    );
  }
  return pages.length ? describe(pages[0]) : null;
}

/** The app page of a name, as `recordPage()` gives one, or null when the project has none. */
export function appPage(directory, wanted) {
  const found = readMetadataFolder(directory, '.flexipage-meta.xml').find(
    ({ name, content: { FlexiPage: page } }) => page.type === 'AppPage' && name === wanted
  );
  return found ? describe(found) : null;
}

/** The home page, as `recordPage()` gives one, or null when the project has none. */
export function homePage(directory) {
  const found = readMetadataFolder(directory, '.flexipage-meta.xml').find(
    ({ content: { FlexiPage: page } }) => page.type === 'HomePage'
  );
  return found ? describe(found) : null;
}

function describe({ name, content: { FlexiPage: page } }) {
  const regions = page.flexiPageRegions.map((region) => [
    region.name,
    (region.itemInstances ?? []).map((item) => componentOf(name, item))
  ]);
  return {
    name,
    label: page.masterLabel,
    template: page.template.name,
    regions: Object.fromEntries(regions)
  };
}

function componentOf(pageName, { componentInstance: instance, fieldInstance: field, ...others }) {
  if (field) return { field: field.fieldItem.replace(/^Record\./, '') };
  if (!instance) throw new Error(`${pageName}: cannot draw ${Object.keys(others).join(', ')}`);
  const properties = (instance.componentInstanceProperties ?? []).map(
    ({ name, value, valueList }) => [name, value ?? valueTexts(valueList)]
  );
  // Our own bundles stand in metadata with or without the namespace of an org that has none.
  const name = instance.componentName.replace(/^c:/, '');
  return { name, properties: Object.fromEntries(properties) };
}

function valueTexts(valueList) {
  return (valueList?.valueListItems ?? []).map(({ value }) => value);
}
