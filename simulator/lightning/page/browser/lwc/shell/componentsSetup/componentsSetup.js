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
  return {
    ...property,
    choices: property.choices === null ? [] : alikeTogether(property.choices)
  };
}

/** Objects with the same choices share a line: most pickers do not depend on the object. */
function alikeTogether(choices) {
  const lines = new Map();
  for (const { objectName, values, problem } of choices) {
    const text = problem ?? (values.map(({ label }) => label).join(', ') || 'nothing to choose');
    lines.set(text, [...(lines.get(text) ?? []), objectName]);
  }
  const isShared = lines.size === 1;
  return [...lines].map(([text, objectNames]) => ({
    text,
    objects: isShared ? null : `${objectNames.join(', ')}: `
  }));
}
