import { LightningElement, api, getComponentDef } from 'lwc';
import components from 'placeable-components';
import { currentPlace } from 'shell/routes';

/**
 * One of our components, as App Builder placed it: its properties, the record where there is one,
 * nothing else.
 */
export default class PlacedComponent extends LightningElement {
  /** `{name, label, properties}`, see `pageView()` of the server. */
  @api item;
  @api record;
  failure = null;

  get component() {
    return components[this.item.name];
  }

  /** As on the platform, a component learns about the record only if it has asked. */
  get properties() {
    const { props: asked } = getComponentDef(this.component);
    const properties = { ...this.item.properties };
    for (const [name, value] of Object.entries(currentPlace().settings)) {
      if (name in asked) properties[name] = value;
    }
    if ('recordId' in asked) properties.recordId = this.record.id;
    if ('objectApiName' in asked) properties.objectApiName = this.record.objectName;
    return properties;
  }

  /** A component that throws must not take the page with it; whoever tests must still see it. */
  errorCallback(error) {
    console.error(error);
    this.failure = error.message;
  }
}
