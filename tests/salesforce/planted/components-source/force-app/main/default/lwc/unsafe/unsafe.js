import { LightningElement } from 'lwc';

// A comment may say eval, fetch( and console.log; so may the text 'eval(x)'.
const SAID = 'eval(x) fetch(y) console.log(z)';

export default class Unsafe extends LightningElement {
  fetchCount = { console: 0, eval: SAID };

  run(text) {
    eval(text);
    new Function(text)();
    setTimeout('run()', 10);
    window.setInterval(`run(${text})`, 10);
    setTimeout(() => this.run(text), 10);
    const script = document.createElement('script');
    this.template.querySelector('div').innerHTML = text;
    this.template.querySelector('div').insertAdjacentHTML('beforeend', text);
    return script;
  }

  async load() {
    const answer = await fetch('https://elsewhere.example');
    const request = new XMLHttpRequest();
    console.log(answer, request, this.store.fetch('x'), this.fetchCount.console);
  }

  tell() {
    this.dispatchEvent(new CustomEvent('tell', { bubbles: true, composed: true }));
    this.dispatchEvent(new CustomEvent('tell', { bubbles: true, composed: false }));
    const options = 'configuration_editor_input_value_changed';
    this.dispatchEvent(
      new CustomEvent('configuration_editor_input_value_deleted', { bubbles: true, composed: true })
    );
    this.dispatchEvent(new CustomEvent(options, { detail: 1 }));
    this.dispatchEvent(new CustomEvent('tell', { detail: 1 }));
  }
}
