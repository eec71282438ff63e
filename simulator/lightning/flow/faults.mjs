/** What can go wrong with a Flow, told with the names a Flow builder knows. */

/** Raised for what a real Flow may hold and the local interpreter does not run. */
export class NotRunHere extends Error {
  constructor(flowName, elementName, what) {
    super(`Flow ${flowName}, ${elementName}: the local interpreter does not run ${what}`);
    this.name = 'NotRunHere';
  }
}

/** Raised where the platform would fault an element; the Flow's fault path takes it. */
export class ElementFault extends Error {}
