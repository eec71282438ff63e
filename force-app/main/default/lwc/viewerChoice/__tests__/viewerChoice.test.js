import USER_ID from '@salesforce/user/Id';
import { recallChoice, rememberChoice } from 'c/viewerChoice';

const KEY = `Personalization.affinities.${USER_ID}`;

describe('c-viewer-choice', () => {
  afterEach(() => {
    localStorage.clear();
    jest.restoreAllMocks();
  });

  it('remembers for this user and this component', () => {
    rememberChoice('affinities', { showBy: 'views' });
    expect(recallChoice('affinities')).toEqual({ showBy: 'views' });
    expect(recallChoice('eventStream')).toEqual({});
    expect(Object.keys(localStorage)).toEqual([KEY]);
  });

  it.each(['{"half', '"text"', '7', 'null', '["list"]'])(
    'forgets what is no choice: %s',
    (text) => {
      localStorage.setItem(KEY, text);
      expect(recallChoice('affinities')).toEqual({});
    }
  );

  it('does without a storage that is shut', () => {
    const shut = () => {
      throw new Error('denied');
    };
    jest.spyOn(Storage.prototype, 'getItem').mockImplementation(shut);
    jest.spyOn(Storage.prototype, 'setItem').mockImplementation(shut);
    expect(() => rememberChoice('affinities', {})).not.toThrow();
    expect(recallChoice('affinities')).toEqual({});
  });
});
