import { createElement } from 'lwc';
import OfferFlow from 'c/offerFlow';
import { find, textOf } from 'test/shadow';

const INPUTS = [{ name: 'itemId', type: 'String', value: 'tea' }];

function mount() {
  const element = createElement('c-offer-flow', { is: OfferFlow });
  Object.assign(element, { flowName: 'Make_Order', inputs: INPUTS, itemName: 'Tea set' });
  document.body.appendChild(element);
  return element;
}

async function turnInto(element, status) {
  find(element, 'lightning-flow').dispatchEvent(
    new CustomEvent('statuschange', { detail: { status } })
  );
  await Promise.resolve();
}

describe('c-offer-flow', () => {
  afterEach(() => document.body.replaceChildren());

  it('runs the Flow with its inputs', () => {
    const flow = find(mount(), 'lightning-flow');
    expect(flow.flowApiName).toBe('Make_Order');
    expect(flow.flowInputVariables).toEqual(INPUTS);
  });

  it.each(['FINISHED', 'FINISHED_SCREEN'])('closes after %s', async (status) => {
    const element = mount();
    const closed = jest.fn();
    element.addEventListener('close', closed);
    await turnInto(element, 'STARTED');
    expect(closed).not.toHaveBeenCalled();
    await turnInto(element, status);
    expect(closed.mock.calls[0][0].detail).toBe(status);
  });

  it('says that the Flow did not start', async () => {
    const element = mount();
    await turnInto(element, 'ERROR');
    expect(textOf(element)).toContain('The Flow Make_Order did not start');
    expect(find(element, 'lightning-flow')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('is accessible while it runs', async () => {
    await expect(mount()).toBeAccessible();
  });
});
