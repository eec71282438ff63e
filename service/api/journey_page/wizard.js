/** Leads through the steps: draws one at a time, says what is missing, and saves in the end. */
import { sentencesOf } from './checks.js';
import { draftOf, filled } from './draft.js';
import { element, notice } from './elements.js';
import { groupsOf } from './sources.js';
import { STEPS } from './steps.js';

const TITLES = { activity: 'Personalization Activity', split: 'Personalization Split' };

export class Wizard {
  #page;
  #host;
  #opened;
  #place = 0;
  #sentence = element('p', { class: 'sentence', role: 'status' });
  #body = element('form', { class: 'body' });

  /** `opened` is what host.js found out: the activity, and what its journey can bring. */
  constructor(page, facts, opened, host) {
    this.#page = page;
    this.#host = host;
    this.#opened = opened;
    this.facts = facts;
    this.draft = draftOf(opened.payload, facts);
    this.journey = opened.interaction.name ?? null;
    this.groups = groupsOf(opened);
    this.#body.addEventListener('submit', (event) => {
      event.preventDefault();
      this.next();
    });
  }

  get dataset() {
    return this.facts.datasets.find(({ name }) => name === this.draft.dataset);
  }

  /** Where a value comes from, in the words of the pickers; a fixed value as it is. */
  spoken(value) {
    for (const { label, options } of this.groups) {
      const source = options.find(({ binding }) => binding === value);
      if (source) return `${source.label} (${label})`;
    }
    return value;
  }

  /** What every picker of a value needs. */
  picker(what) {
    return {
      what,
      number: what,
      id: what,
      groups: this.groups,
      mayBeFixed: false,
      onChange: () => this.changed(),
      onReshape: (focus) => this.reshaped(focus)
    };
  }

  show() {
    this.#page.replaceChildren(
      // Journey Builder shows the name above the frame.
      element('h1', { class: 'unseen' }, TITLES[this.facts.kind]),
      ...this.#reasons(),
      element('nav', { 'aria-label': 'Steps' }),
      this.#body,
      this.#sentence
    );
    this.#draw();
  }

  /** Something was entered that other parts of the step do not depend on. */
  changed() {
    this.#host.changed();
    this.#say();
  }

  /**
   * Something was entered that changes which fields there are. The focus goes to the element of the
   * id `focus`, or stays with the one that had it.
   */
  reshaped(focus) {
    const { id, name, value } = document.activeElement;
    this.#host.changed();
    this.#draw();
    const radio = this.#body.querySelector(`input[name="${name}"][value="${value}"]`);
    (document.getElementById(focus ?? id) ?? radio)?.focus();
  }

  next() {
    if (this.#missing(this.#place).length) {
      this.#say();
      this.#sentence.classList.add('pressed');
      return this.#host.stay();
    }
    if (this.#place < this.#steps.length - 1) {
      this.#host.stepped(true);
      return this.#moveTo(this.#place + 1);
    }
    if (this.#isReadOnly) return this.#host.stay();
    const { payload } = this.#opened;
    return this.#host.save(filled(payload, this.draft, this.facts.kind, this.journey));
  }

  back() {
    if (this.#place === 0) return;
    this.#host.stepped(false);
    this.#moveTo(this.#place - 1);
  }

  /** Go to the step of this key, as far as the steps before it are complete. */
  goTo(key) {
    const wanted = this.#steps.findIndex((step) => step.key === key);
    const open = this.#firstIncomplete();
    if (wanted < 0 || Math.min(wanted, open) === this.#place) return this.#say();
    return this.#moveTo(Math.min(wanted, open));
  }

  get #steps() {
    return STEPS[this.facts.kind];
  }

  get #isReadOnly() {
    return this.#opened.payload.editable === false;
  }

  #missing(place) {
    return sentencesOf(this.#steps[place].key, this.draft, this.dataset);
  }

  #firstIncomplete() {
    const place = this.#steps.findIndex((_, each) => this.#missing(each).length);
    return place < 0 ? this.#steps.length - 1 : place;
  }

  #moveTo(place) {
    this.#place = place;
    this.#draw();
    this.#body.querySelector('h2').focus();
  }

  #draw() {
    const step = this.#steps[this.#place];
    const heading = element('h2', { tabindex: '-1' }, step.label);
    this.#body.replaceChildren(heading, ...step.draw(this));
    for (const control of this.#body.querySelectorAll('input, select, button'))
      control.disabled = this.#isReadOnly;
    this.#say();
  }

  /** Say what is missing, and let Journey Builder's buttons follow. */
  #say() {
    const [sentence = ''] = this.#missing(this.#place);
    this.#sentence.textContent = sentence;
    this.#sentence.classList.remove('pressed');
    this.#drawSteps();
    this.#host.buttons({
      isFirst: this.#place === 0,
      isLast: this.#place === this.#steps.length - 1,
      mayGoOn: !sentence,
      isReadOnly: this.#isReadOnly
    });
  }

  #drawSteps() {
    const open = this.#firstIncomplete();
    const items = this.#steps.map(({ key, label }, place) => {
      const properties = {
        type: 'button',
        disabled: place > open,
        'aria-current': place === this.#place ? 'step' : null,
        click: () => this.goTo(key)
      };
      const isDone = place < open || (place === open && !this.#missing(place).length);
      return element('li', { class: isDone ? 'done' : null }, element('button', properties, label));
    });
    this.#page.querySelector('nav').replaceChildren(element('ol', {}, items));
  }

  /** What Journey Builder's own validation said last time, and why nothing can be changed. */
  #reasons() {
    const errors = [this.#opened.payload.errors ?? []].flat().filter(Boolean);
    const texts = errors.map((each) =>
      typeof each === 'string' ? each : (each.message ?? JSON.stringify(each))
    );
    const said = [];
    if (texts.length) {
      const list = element(
        'ul',
        {},
        texts.map((text) => element('li', {}, text))
      );
      said.push(notice('error', element('strong', {}, 'Journey Builder says:'), list));
    }
    if (this.#isReadOnly)
      said.push(
        notice(
          'info',
          'The journey is running: this is how the activity is set, and it cannot be changed here.'
        )
      );
    return said;
  }
}
