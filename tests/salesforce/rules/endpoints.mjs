/** Apex calls out through named credentials only: the address and the secret are never in code. */
import { lineOf, nodes } from '../reading/apex.mjs';

const NAMED_CREDENTIAL = /^'callout:/i;

/** Faults of one class file as `{ line, message }`. */
export function endpointFaults(apexFile) {
  const texts = textsByName(apexFile);
  return [...nodes(apexFile.tree, 'DotMethodCallContext')]
    .filter((call) => call.anyId().getText().toLowerCase() === 'setendpoint')
    .filter((call) => !NAMED_CREDENTIAL.test(startOf(call.expressionList().expression(0), texts)))
    .map((call) => ({
      line: lineOf(call),
      message: "the endpoint must visibly begin with 'callout:' and a named credential"
    }));
}

/** First word of an expression, with constants of the same file replaced by what they hold. */
function startOf(expression, texts) {
  const word = expression.start.text;
  return texts.get(word.toLowerCase()) ?? word;
}

/** First words of what is assigned to fields and locals at their declaration, by lower-case name. */
function textsByName(apexFile) {
  const declarators = [...nodes(apexFile.tree, 'VariableDeclaratorContext')];
  return new Map(
    declarators
      .filter((declarator) => declarator.expression())
      .map((one) => [one.id().getText().toLowerCase(), one.expression().start.text])
  );
}
