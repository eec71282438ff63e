/** What App Builder would offer for each of our components. */

const CLASS_OF_DATASOURCE = /^apex:\/\/(\w+)$/;

/**
 * The components with the choices of their properties.
 * Shape: as `exposedComponents()`, each property with `choices`: null when it is free text, else
 * `[{objectName, values: [{label, value}], problem}]`, one for each object, since a picklist class
 * may look at the page's object; `problem` is the sentence of a class that failed.
 */
export async function componentSetup(components, apex, objectNames) {
  const setUp = async (component) => {
    const objects = objectNames.filter((name) => isOffered(component, name));
    const properties = component.properties.map((property) => withChoices(property, apex, objects));
    return { ...component, properties: await Promise.all(properties) };
  };
  return Promise.all(components.map(setUp));
}

function isOffered({ objects }, objectName) {
  return objects.length === 0 || objects.includes(objectName);
}

async function withChoices(property, apex, objects) {
  const source = property.datasource;
  if (!source) return { ...property, choices: null };
  const className = source.match(CLASS_OF_DATASOURCE)?.[1];
  if (!className) return { ...property, choices: [{ objectName: null, ...fixedValues(source) }] };
  const ask = (objectName) => dynamicValues(apex, className, objectName);
  return { ...property, choices: await Promise.all(objects.map(ask)) };
}

function fixedValues(source) {
  const values = source.split(',').map((value) => ({ label: value.trim(), value: value.trim() }));
  return { values, problem: null };
}

async function dynamicValues(apex, className, objectName) {
  try {
    const values = await apex.picklist(className, { entityName: objectName });
    return { objectName, values, problem: null };
  } catch (failure) {
    return { objectName, values: [], problem: failure.message };
  }
}
