import { apexType } from '../values/types.mjs';
import { Catalog } from './catalog.mjs';
import { readDeclarations } from './declarations.mjs';
import { expression as translate } from './expressions.mjs';
import { parseClassFile } from '../syntax/parse.mjs';
import { Scope } from './scope.mjs';
import { block } from './statements.mjs';

/**
 * Translate class files to JavaScript.
 * @param sources `[{file, text}]`; `file` is the name shown in messages
 * @param known `{platform, schema, labels}`: what exists beside our own classes
 * @returns one unit per file: `{file, types, source, classes, lines}`. `source` is the text of a
 *   function of `(rt, types)` that answers the bodies; classes name their bodies by position, so a
 *   unit is plain data and may cross threads. Raises CompileFault.
 */
export function compile(sources, known) {
  const files = sources.map(({ file, text }) => ({
    file,
    declarations: readDeclarations(parseClassFile(text, file), file)
  }));
  const catalog = new Catalog(
    files.flatMap((each) => each.declarations),
    known
  );
  return files.map(({ file, declarations }) => compileFile(file, declarations, catalog));
}

function compileFile(file, declarations, catalog) {
  const output = { catalog, types: [], bodies: [], lines: new Set() };
  const classes = declarations.map((type) => compileType(type, output));
  return {
    file,
    classes,
    types: output.types,
    lines: [...output.lines].sort((a, b) => a - b),
    source: `return [${output.bodies.join(',\n')}];`
  };
}

function compileType(type, output) {
  const resolve = (node) => output.catalog.resolve(node, type);
  return {
    name: type.name,
    file: type.file,
    kind: type.kind,
    outer: type.outer?.name ?? null,
    supertype: type.supertype,
    interfaces: type.interfaces,
    modifiers: type.modifiers,
    annotations: type.annotations,
    constants: type.constants,
    fields: type.fields.map((field) => compileField(field, type, output)),
    methods: type.methods.map((method) => compileMethod(method, type, output, resolve)),
    constructors: type.constructors.map((each) => compileMethod(each, type, output, resolve)),
    initializers: type.initializers.map(({ isStatic, line, node }) => ({
      isStatic,
      line,
      body: emit([], (scope) => block(node, scope), { type, isStatic, output })
    }))
  };
}

function compileField(field, type, output) {
  const where = { type, isStatic: field.isStatic, output };
  const valueType = output.catalog.resolve(field.typeNode, type);
  const getter = field.accessors?.getter;
  const setter = field.accessors?.setter;
  const inside = { ...where, accessorOf: field };
  return {
    ...described(field),
    type: valueType,
    value: field.valueNode ? emit([], (scope) => fieldValue(field, scope), where) : null,
    getter: getter ? emit([], (scope) => block(getter, scope), inside) : null,
    setter: setter
      ? emit([{ name: 'value', type: valueType }], (scope) => block(setter, scope), inside)
      : null
  };
}

function fieldValue(field, scope) {
  return `{${scope.at(field.valueNode)} return ${scope.expression(field.valueNode)};}`;
}

function compileMethod(method, type, output, resolve) {
  const parameters = method.parameters.map(({ name, typeNode }) => ({
    name,
    type: resolve(typeNode)
  }));
  const where = { type, isStatic: method.isStatic, output };
  return {
    ...described(method),
    delegates: method.delegates ?? false,
    parameters,
    returns: method.typeNode ? resolve(method.typeNode) : apexType('void'),
    body: method.bodyNode ? emit(parameters, (scope) => block(method.bodyNode, scope), where) : null
  };
}

function described({ name, key, line, isStatic, modifiers, annotations }) {
  return { name, key, line, isStatic, modifiers, annotations };
}

/** Add the JavaScript function of a body to the file's output; answers its position. */
function emit(parameters, write, { type, isStatic, output, accessorOf }) {
  const { catalog, types, lines } = output;
  const isTest = 'istest' in (type.outer ?? type).annotations;
  const scope = new Scope({
    catalog,
    type,
    isStatic,
    types,
    translate,
    accessorOf,
    lines: isTest ? null : lines
  });
  const names = parameters.map((each) => scope.declare(each.name, each.type));
  const code = write(scope);
  return (
    output.bodies.push(`function (${['self', ...names].join(', ')}) {${code} return null;}`) - 1
  );
}
