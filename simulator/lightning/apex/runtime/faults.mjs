/** A thrown Apex exception on its way through JavaScript. */
export class ApexThrow extends Error {
  constructor(exception) {
    super(`${exception.class.name}: ${exception.message ?? ''}`);
    this.name = 'ApexThrow';
    this.exception = exception;
  }
}

/**
 * Raised when Apex asks for something the local runtime does not have. Apex code cannot catch it;
 * file and line are put in front as it leaves the method that asked.
 */
export class RuntimeLacks extends Error {
  constructor(what) {
    super(`the local runtime lacks ${what}`);
    this.name = 'RuntimeLacks';
    this.isPlaced = false;
  }

  placeAt(where) {
    if (this.isPlaced || !where) return;
    this.message = `${where} ${this.message}`;
    this.isPlaced = true;
  }
}

export function lacks(what) {
  throw new RuntimeLacks(what);
}
