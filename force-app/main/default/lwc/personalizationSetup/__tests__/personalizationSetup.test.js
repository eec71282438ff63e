import { createElement } from 'lwc';
import PersonalizationSetup from 'c/personalizationSetup';
import { find } from 'test/shadow';

jest.mock(
  '@salesforce/apex/DeadLettersController.getDeadLetters',
  () => ({ default: jest.fn(() => Promise.resolve({ letters: [], next: null })) }),
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/DataSharingController.getRuns',
  () => ({ default: jest.fn(() => Promise.resolve([])) }),
  { virtual: true }
);

describe('c-personalization-setup', () => {
  it('holds the sections of an administrator', async () => {
    const element = createElement('c-personalization-setup', { is: PersonalizationSetup });
    document.body.appendChild(element);
    expect(find(element, 'c-data-sharing')).not.toBeNull();
    expect(find(element, 'c-dead-letters')).not.toBeNull();
    await expect(element).toBeAccessible();
  });
});
