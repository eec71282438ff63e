/** Quick actions that a record's page layout puts into its header. */
import path from 'node:path';
import { readMetadata, readMetadataFolder } from './metadata.mjs';

/**
 * The actions of `objectName` that a component of ours draws, in the layout's order.
 * Shape: `[{name, label, component}]`; the platform's own buttons are not among them.
 * @param project what `salesforceProject()` returns.
 */
export function quickActions({ layouts, quickActions: folder }, objectName) {
  const own = readMetadataFolder(layouts, '.layout-meta.xml').filter(({ name }) =>
    name.startsWith(`${objectName}-`)
  );
  const lists = own.flatMap(({ content: { Layout: layout } }) => layout.platformActionList ?? []);
  const items = lists.flatMap((list) => list.platformActionListItems);
  return items
    .filter(({ actionType }) => actionType === 'QuickAction')
    .sort((one, other) => Number(one.sortOrder) - Number(other.sortOrder))
    .map(({ actionName }) => described(folder, actionName));
}

function described(folder, name) {
  const file = path.join(folder, `${name}.quickAction-meta.xml`);
  const { QuickAction: action } = readMetadata(file);
  return { name, label: action.label, component: action.lightningWebComponent };
}
