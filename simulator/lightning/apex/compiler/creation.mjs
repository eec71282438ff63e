import { apexType } from '../values/types.mjs';
import { kindOf, listOf } from '../syntax/parse.mjs';

const quote = JSON.stringify;

/** JavaScript of what follows `new`. */
export function creation(node, scope) {
  const type = createdType(node.createdName(), scope);
  if (node.classCreatorRest()) {
    return instance(type, node.classCreatorRest().arguments().expressionList(), node, scope);
  }
  if (node.arrayCreatorRest()) return array(type, node.arrayCreatorRest(), scope);
  if (node.mapCreatorRest()) return mapLiteral(type, node.mapCreatorRest(), scope);
  const elements = listOf(node.setCreatorRest(), 'expression').map((each) =>
    scope.expression(each)
  );
  return `rt.collection(${scope.typeCode(type)}, [${elements}])`;
}

function createdType(node, scope) {
  const pairs = node.idCreatedNamePair_list();
  const name = pairs.map((pair) => pair.anyId().getText()).join('.');
  const args = listOf(pairs.at(-1).typeList(), 'typeRef').map((each) => scope.resolve(each));
  return scope.catalog.resolveName(name, scope.type, args, node);
}

function instance(type, argumentList, node, scope) {
  const { catalog } = scope;
  const own = catalog.declaration(type.name);
  const args = listOf(argumentList, 'expression');
  if (own) return ownInstance(own, argumentList, node, scope);
  const platformType = catalog.platform.find(type.name);
  if (!platformType) return record(type, args, scope);
  if (!platformType.hasConstructor(args.length)) {
    scope.lacks(node, `new ${type.name}/${args.length}`);
  }
  return `rt.constructPlatform(${scope.typeCode(type)}, [${scope.expressions(argumentList)}])`;
}

function ownInstance(type, argumentList, node, scope) {
  const isAbstract = type.kind !== 'class' || type.modifiers.includes('abstract');
  if (isAbstract) scope.fault(node, `${type.name} cannot be constructed`);
  return `rt.construct(${quote(type.name)}, [${scope.expressions(argumentList)}])`;
}

/** `new Contact(LastName = 'Reed')` */
function record(type, args, scope) {
  const fields = args.map((each) => {
    if (kindOf(each) !== 'AssignExpression') {
      return scope.lacks(each, `constructing ${type.name} from positional values`);
    }
    const [name, value] = each.expression_list();
    return `[${quote(name.getText())}, ${scope.expression(value)}]`;
  });
  return `rt.newRecord(${quote(type.name)}, [${fields}])`;
}

/** `new String[]{...}` and `new String[3]` */
function array(elementType, node, scope) {
  const type = scope.typeCode(apexType('List', elementType));
  if (node.arrayInitializer()) {
    return `rt.collection(${type}, [${scope.expressions(node.arrayInitializer())}])`;
  }
  return `rt.emptyArray(${type}, ${scope.expression(node.expression())})`;
}

function mapLiteral(type, node, scope) {
  const pairs = node.mapCreatorRestPair_list().map((pair) => {
    const [key, value] = pair.expression_list();
    return `[${scope.expression(key)}, ${scope.expression(value)}]`;
  });
  return `rt.mapOf(${scope.typeCode(type)}, [${pairs}])`;
}
