import { readQuery } from '../syntax/query.mjs';
import { CompileFault } from '../syntax/parse.mjs';

/** JavaScript of a query in brackets; its bound expressions are evaluated where it stands. */
export function staticQuery(node, scope) {
  const bound = [];
  const query = readQuery(node, {
    bind: (boundNode) => bound.push(scope.expression(boundNode.expression())) - 1,
    lacks: (where, what) => scope.lacks(where, what)
  });
  if (!scope.catalog.schema.find(query.from)) {
    throw new CompileFault(scope.type.file, node.start.line, `unknown object ${query.from}`);
  }
  return `rt.query(${JSON.stringify(query)}, [${bound}])`;
}
