/** One run of a Flow for one record or one person at a screen. */
import crypto from 'node:crypto';

export class Interview {
  /** What elements and variables hold, by name; what is not in it has no value yet. */
  values = new Map();
  /** Names of the elements that ran, in order. */
  path = [];
  /** The last fault that a fault path took. */
  faultMessage = null;
  /** What ended the interview against its will. */
  failure = null;

  /**
   * @param at the first element, or null
   * @param values what is known at the start: `$Record`, input variables
   */
  constructor(flow, at, values = {}, id = crypto.randomUUID()) {
    this.flow = flow;
    this.at = at;
    this.id = id;
    /** The same interview, before its first element. */
    this.again = () => new Interview(flow, at, values, id);
    for (const variable of flow.resources.values()) {
      if (variable.kind === 'variables') this.values.set(variable.name, null);
    }
    for (const [name, value] of Object.entries(values)) this.values.set(name, value);
  }

  /** The element that is next, or null at the end. */
  get element() {
    return this.at === null ? null : this.flow.elements.get(this.at);
  }

  /** Note that the element ran, and go on to where `connector` leads. */
  leave(connector) {
    this.path.push(this.at);
    this.at = connector?.targetReference ?? null;
  }

  /** Take the fault path of the element, or end. */
  fault(message) {
    this.faultMessage = message;
    if (!this.element.faultConnector) this.failure = `${this.at}: ${message}`;
    this.leave(this.element.faultConnector);
  }

  /** What `$Flow` holds. */
  system() {
    return {
      CurrentDateTime: new Date().toISOString(),
      FaultMessage: this.faultMessage,
      InterviewGuid: this.id
    };
  }
}
