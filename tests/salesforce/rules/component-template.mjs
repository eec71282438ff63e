/** What a component's template must not hold, and no lint rule in use looks for. */

const SAFE_REL = ['noopener', 'noreferrer'];
const FORBIDDEN_TAGS = new Set(['script', 'iframe', 'object', 'embed']);

/** Faults of one template as `{ line, message }`. */
export function* templateFaults(tags) {
  for (const { tag, line, attributes } of tags) {
    for (const message of problems(tag, attributes)) yield { line, message };
  }
}

function* problems(tag, attributes) {
  if (FORBIDDEN_TAGS.has(tag)) yield `<${tag}> brings foreign code into the page`;
  if (attributes.get('lwc:dom') === 'manual') {
    yield 'lwc:dom="manual" lets text become markup: bind it in the template';
  }
  const rel = (attributes.get('rel') ?? '').split(/\s+/);
  if (attributes.has('target') && !SAFE_REL.every((word) => rel.includes(word))) {
    if (attributes.get('target') !== '_self')
      yield 'a link to a new tab needs rel="noopener noreferrer"';
  }
  for (const [name, value] of attributes) {
    if (/^on[a-z]/.test(name) && !value.startsWith('{')) {
      yield `${name}="..." is inline code: bind a handler in braces`;
    }
    if (/^javascript:/i.test(value)) yield `${name} runs text as code`;
  }
}
