import { createElement } from 'lwc';
import RecordLink from 'c/recordLink';
import { find } from 'test/shadow';

const mockNavigated = jest.fn();
jest.mock('lightning/navigation', () => {
  const Navigate = Symbol('Navigate');
  const GenerateUrl = Symbol('GenerateUrl');
  const NavigationMixin = (Base) =>
    class extends Base {
      [Navigate](reference) {
        mockNavigated(reference);
      }

      async [GenerateUrl]({ attributes }) {
        return `/lightning/r/${attributes.objectApiName}/${attributes.recordId}/view`;
      }
    };
  Object.assign(NavigationMixin, { Navigate, GenerateUrl });
  return { NavigationMixin };
});

const LINK = { recordId: '003000000000001AAA', objectApiName: 'Contact', name: '<b>Ada</b>' };

async function mount() {
  const element = createElement('c-record-link', { is: RecordLink });
  element.link = LINK;
  document.body.appendChild(element);
  await Promise.resolve();
  await Promise.resolve();
  return find(element, 'a');
}

describe('c-record-link', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  it('shows the name as text, with an address to copy', async () => {
    const link = await mount();
    expect(link.textContent).toBe('<b>Ada</b>');
    expect(link.getAttribute('href')).toBe('/lightning/r/Contact/003000000000001AAA/view');
  });

  it('goes to the record within the application', async () => {
    const link = await mount();
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    link.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    expect(mockNavigated).toHaveBeenCalledWith({
      type: 'standard__recordPage',
      attributes: { recordId: LINK.recordId, objectApiName: 'Contact', actionName: 'view' }
    });
  });

  it('leaves a click for a new tab to the browser', async () => {
    const link = await mount();
    link.addEventListener('click', (event) => event.preventDefault());
    link.dispatchEvent(new MouseEvent('click', { ctrlKey: true, cancelable: true }));
    expect(mockNavigated).not.toHaveBeenCalled();
  });
});
