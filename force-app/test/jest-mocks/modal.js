// Stands in for `lightning/modal`, which the test runner has no stub for.
const { LightningElement } = require('lwc');

module.exports = class LightningModal extends LightningElement {
  static open = jest.fn(() => Promise.resolve());

  close(result) {
    this.dispatchEvent(new CustomEvent('close', { detail: result }));
  }
};
