/**
 * Base components (`lightning/...`) that our templates and modules may use.
 *
 * Each becomes one file of the vendor build. The list is exact on purpose: a name that is not on
 * it, misspelt or merely new, fails the build instead of leaving an empty element on the page.
 */
const BASE_COMPONENTS = [
  'avatar',
  'badge',
  'breadcrumb',
  'breadcrumbs',
  'button',
  'buttonGroup',
  'buttonIcon',
  'buttonMenu',
  'buttonStateful',
  'card',
  'carousel',
  'combobox',
  'confirm',
  'datatable',
  'dynamicIcon',
  'formattedDateTime',
  'formattedEmail',
  'formattedName',
  'formattedNumber',
  'formattedPhone',
  'formattedText',
  'formattedUrl',
  'helptext',
  'icon',
  'input',
  'layout',
  'layoutItem',
  'menuItem',
  'modal',
  'modalBody',
  'modalFooter',
  'modalHeader',
  'pill',
  'progressBar',
  'relativeDateTime',
  'select',
  'spinner',
  'tab',
  'tabset',
  'textarea',
  'tile'
];

/** Every specifier the vendor build offers, with the file it becomes (relative to the vendor folder). */
export const VENDOR_FILES = new Map([
  ['lwc', 'lwc.js'],
  ['@lwc/synthetic-shadow', 'synthetic-shadow.js'],
  ...BASE_COMPONENTS.map((name) => [`lightning/${name}`, `lightning/${name}.js`])
]);

/** The import map of a page: each vendor specifier and its address below `prefix`. */
export function importMap(prefix) {
  const addresses = [...VENDOR_FILES].map(([specifier, file]) => [specifier, `${prefix}/${file}`]);
  return { imports: Object.fromEntries(addresses) };
}
