/** Callouts name a named credential of ours, and that one an external credential of ours. */
import { lineOf } from '../reading/apex.mjs';

const CALLOUT = /^'callout:(\w*)/i;

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* credentialFaults({ project, apexFiles, namedCredentials, externalCredentials }) {
  for (const { file, root } of project.documents('.namedCredential-meta.xml')) {
    for (const external of root.within('externalCredential')) {
      if (!externalCredentials.has(external.text)) {
        yield fault(file, external.line, `there is no external credential ${external.text}`);
      }
    }
  }
  const { namespace } = project.settings;
  const prefix = namespace ? `${namespace}__` : '';
  for (const { file, tree } of apexFiles) {
    for (const literal of textLiterals(tree)) {
      const name = CALLOUT.exec(literal.getText())?.[1].replace(prefix, '');
      if (name !== undefined && !namedCredentials.has(name)) {
        yield fault(file, lineOf(literal), `there is no named credential '${name}'`);
      }
    }
  }
}

function* textLiterals(node) {
  if (node.constructor.name === 'LiteralContext') yield node;
  for (const child of node.children ?? []) yield* textLiterals(child);
}

function fault(file, line, message) {
  return { file, line, message };
}
