/** Labels that code and metadata use are defined, and each defined one is used. */
import { lineOf, nodes } from '../reading/apex.mjs';
import { lineFinder } from '../reading/xml.mjs';

const IN_SCRIPT = /^@salesforce\/label\/c\.(\w+)$/;
const IN_APEX = /^(?:System\.)?Label\.(\w+)$/i;
const IN_METADATA = /\$Label\.(?:c\.)?(\w+)/g;

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* labelFaults(inventory) {
  const { labels } = inventory;
  const uses = [...inScripts(inventory), ...inApex(inventory), ...inMetadata(inventory)];
  for (const { name, file, line } of uses) {
    if (!labels.has(name)) yield { file, line, message: `there is no label ${name}: define it` };
  }
  const used = new Set(uses.map(({ name }) => name));
  for (const [name, place] of labels) {
    if (!used.has(name)) yield { ...place, message: `label ${name} is used nowhere: remove it` };
  }
}

function* inScripts({ components }) {
  for (const { name: component, folder, script } of components.values()) {
    for (const { module, line } of script?.imports ?? []) {
      const name = IN_SCRIPT.exec(module)?.[1];
      if (name) yield { name, line, file: `${folder}/${component}.js` };
    }
  }
}

function* inApex({ apexFiles }) {
  for (const { file, tree } of apexFiles) {
    for (const expression of nodes(tree, 'DotExpressionContext')) {
      const name = IN_APEX.exec(expression.getText())?.[1];
      if (name && name.toLowerCase() !== 'get') yield { name, line: lineOf(expression), file };
    }
  }
}

function* inMetadata({ project }) {
  for (const file of project.metadataFiles('-meta.xml')) {
    const text = project.text(file);
    const lineAt = lineFinder(text);
    for (const { index, 1: name } of text.matchAll(IN_METADATA)) {
      yield { name, line: lineAt(index), file };
    }
  }
}
