import { LightningElement } from 'lwc';
import { fetchComponentSetup } from 'shell/orgData';

/** What an admin will find in App Builder: our components, their properties, the choices. */
export default class ComponentsSetup extends LightningElement {
  components = null;
  failure = null;

  async connectedCallback() {
    document.title = 'Components | Personalization';
    try {
      this.components = (await fetchComponentSetup()).map(describe);
    } catch (failure) {
      this.failure = failure.message;
    }
  }
}

function describe(component) {
  return {
    ...component,
    objectList: component.objects.join(', ') || 'every object',
    properties: component.properties.map(describeProperty)
  };
}

function describeProperty(property) {
  const pickers = property.choices === null ? [] : alikeTogether(property.choices);
  return { ...property, pickers };
}

/** Objects with the same choices share a picker: most pickers do not depend on the object. */
function alikeTogether(choices) {
  const groups = new Map();
  for (const { objectName, values, problem } of choices) {
    const key = JSON.stringify({ values, problem });
    const group = groups.get(key) ?? { key, values, problem, objectNames: [] };
    group.objectNames.push(objectName);
    groups.set(key, group);
  }
  const isShared = groups.size === 1;
  return [...groups.values()].map(({ objectNames, ...group }) => ({
    ...group,
    objects: isShared ? 'Every object' : objectNames.join(', '),
    isEmpty: group.values.length === 0,
    showsObjects: !isShared
  }));
}
