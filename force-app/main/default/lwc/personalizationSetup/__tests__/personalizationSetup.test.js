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

jest.mock(
  '@salesforce/apex/DoctorController.examine',
  () => ({ default: jest.fn(() => Promise.resolve([])) }),
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/SegmentExportsController.getExports',
  () => ({ default: jest.fn(() => Promise.resolve([])) }),
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/SettingsController.getSettings',
  () => ({ default: jest.fn(() => Promise.resolve([])) }),
  { virtual: true }
);

const SECTIONS = ['doctor', 'dead-letters', 'data-sharing', 'segment-exports', 'settings'];

describe('c-personalization-setup', () => {
  it('holds the sections of an administrator', async () => {
    const element = createElement('c-personalization-setup', { is: PersonalizationSetup });
    document.body.appendChild(element);
    const missing = SECTIONS.filter((name) => find(element, `c-${name}`) === null);
    expect(missing).toEqual([]);
    await expect(element).toBeAccessible();
  });
});
