import { nameList } from 'c/nameList';

describe('c-name-list', () => {
  it.each([
    ['Brand, Item Class ,,Brand', ['Brand', 'Item Class']],
    ['page', ['page']],
    ['', []],
    [' , ', []],
    [undefined, []],
    [null, []]
  ])('reads %p as %p', (text, names) => {
    expect(nameList(text)).toEqual(names);
  });
});
