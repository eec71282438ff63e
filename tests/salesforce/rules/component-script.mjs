/** What the JavaScript of a component must not do, and no lint rule in use looks for. */
import ts from 'typescript';

/** Globals that a component must not use, and why. */
const FORBIDDEN_NAMES = new Map([
  ['eval', 'eval runs text as code'],
  ['Function', 'Function runs text as code'],
  ['fetch', 'components reach the service through Apex only: no fetch'],
  ['XMLHttpRequest', 'components reach the service through Apex only: no XMLHttpRequest'],
  ['WebSocket', 'components reach the service through Apex only: no WebSocket'],
  ['console', 'console output stays in front of users: remove it']
]);
const TIMERS = new Set(['setTimeout', 'setInterval']);
/** Ways from text to markup. */
const MARKUP = new Set([
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'createContextualFragment'
]);

/** Faults of one module as `{ line, message }`. @param {import('../reading/script.mjs').Script} script */
export function* scriptFaults(script) {
  for (const node of script.nodes()) {
    const message = problem(node);
    if (message) yield { line: script.lineOf(node), message };
  }
}

function problem(node) {
  if (ts.isIdentifier(node)) return nameProblem(node);
  if (ts.isCallExpression(node)) return timerProblem(node) ?? elementProblem(node);
  if (ts.isNewExpression(node)) return eventProblem(node);
  return null;
}

function nameProblem(node) {
  const { parent, text } = node;
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
  if (MARKUP.has(text) && isMember) return `${text} makes markup of text: bind it as text`;
  const isGlobal = !isMember || /^(window|globalThis|self)$/.test(parent.expression.getText());
  const isKey = ts.isPropertyAssignment(parent) && parent.name === node;
  return isGlobal && !isKey ? FORBIDDEN_NAMES.get(text) : null;
}

/** Text given to a timer is evaluated; a function is what it wants. */
function timerProblem({ expression, arguments: [first] }) {
  const name = expression.getText().split('.').at(-1);
  const isText = first && (ts.isStringLiteralLike(first) || ts.isTemplateExpression(first));
  const isJoined = first && ts.isBinaryExpression(first);
  return TIMERS.has(name) && (isText || isJoined)
    ? `${name} runs text as code: pass a function`
    : null;
}

function elementProblem({ expression, arguments: [first] }) {
  const isCreation = expression.getText().split('.').at(-1) === 'createElement';
  const isScript = first && ts.isStringLiteralLike(first) && first.text.toLowerCase() === 'script';
  return isCreation && isScript ? 'a created script element runs foreign code' : null;
}

/**
 * An event that bubbles and is composed reaches every component of the page. What a property editor tells
 * Flow Builder must: "Custom Property Editor JavaScript Interface".
 */
function eventProblem({ expression, arguments: given = [] }) {
  const [name, options] = given;
  if (!/Event$/.test(expression.getText()) || !options) return null;
  if (/^'configuration_editor_/.test(name.getText())) return null;
  if (!ts.isObjectLiteralExpression(options)) return null;
  const isTrue = (name) =>
    options.properties.some(
      (one) => one.name?.text === name && one.initializer?.kind === ts.SyntaxKind.TrueKeyword
    );
  return isTrue('bubbles') && isTrue('composed')
    ? 'an event that bubbles and is composed leaves the component: drop composed'
    : null;
}
