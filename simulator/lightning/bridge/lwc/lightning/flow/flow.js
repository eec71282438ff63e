/**
 * Stands in for `lightning-flow`: runs a screen Flow in a component.
 * Source: Component Reference, "Flow" (`flow-api-name`, `flow-input-variables`, `onstatuschange`).
 */
import { LightningElement, api } from 'lwc';

export default class Flow extends LightningElement {
  answer = null;
  problem = null;
  isBusy = false;
  inputs = [];

  /** `[{name, type, value}]`; read when the Flow starts. */
  @api
  get flowInputVariables() {
    return this.inputs;
  }

  set flowInputVariables(variables) {
    this.inputs = variables ?? [];
  }

  @api flowApiName;

  connectedCallback() {
    const inputs = Object.fromEntries(this.inputs.map(({ name, value }) => [name, value]));
    this.step(`/data/flows/${this.flowApiName}/interviews`, { inputs });
  }

  async step(address, body) {
    this.isBusy = true;
    try {
      this.take(await post(address, body));
    } catch (failure) {
      this.take({ state: 'failed', message: failure.message });
    }
    this.isBusy = false;
  }

  take(answer) {
    this.answer = answer;
    this.problem = answer.problem ?? null;
    const status = { screen: 'STARTED', finished: 'FINISHED', failed: 'ERROR' }[answer.state];
    const detail = { status, flowTitle: this.flowApiName, guid: answer.interviewId };
    this.dispatchEvent(
      new CustomEvent('statuschange', { detail: { ...detail, outputVariables: [] } })
    );
  }

  get isLoading() {
    return this.answer === null;
  }

  get isScreen() {
    return this.answer.state === 'screen';
  }

  get isFailed() {
    return this.answer.state === 'failed';
  }

  get screen() {
    const { screen } = this.answer;
    const fields = screen.fields.map((field) => ({
      ...field,
      key: `${screen.name}-${field.name}`,
      isText: field.kind === 'text',
      isArea: field.kind === 'area',
      choices: field.choices?.map((choice) => ({ ...choice, key: choice.value })),
      paragraphs: field.paragraphs?.map((text, place) => ({ text, key: place }))
    }));
    return { ...screen, fields, button: screen.isLast ? 'Finish' : 'Next' };
  }

  handleSubmit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const answers = Object.fromEntries(form.entries());
    this.step(`/data/interviews/${this.answer.interviewId}`, { answers });
  }
}

async function post(address, body) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}
