// Looks through the shadow roots of nested components, as a reader's eye does.

/** Every element below `root` that matches, in all nested shadow trees, in drawing order. */
function findAll(root, selector) {
  const below = [...(root.shadowRoot ?? root).querySelectorAll('*')];
  return below.flatMap((element) => [
    ...(element.matches(selector) ? [element] : []),
    ...(element.shadowRoot ? findAll(element, selector) : [])
  ]);
}

/** The first match of `findAll`, or null. */
function find(root, selector) {
  return findAll(root, selector)[0] ?? null;
}

/** The text of all nested shadow trees, spaces collapsed. Base components are stubs and add none. */
function textOf(root) {
  const leaves = findAll(root, '*').filter(({ shadowRoot }) => !shadowRoot);
  const ownTexts = leaves.flatMap(({ childNodes }) =>
    [...childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
  );
  return ownTexts
    .map(({ data }) => data)
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
}

module.exports = { find, findAll, textOf };
