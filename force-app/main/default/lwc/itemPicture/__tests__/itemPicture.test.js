import { createElement } from 'lwc';
import ItemPicture from 'c/itemPicture';

function mount(src) {
  const element = createElement('c-item-picture', { is: ItemPicture });
  element.src = src;
  document.body.appendChild(element);
  return element;
}

const pictureIn = (element) => element.shadowRoot.querySelector('img');
const placeholderIn = (element) => element.shadowRoot.querySelector('.placeholder');

describe('c-item-picture', () => {
  afterEach(() => document.body.replaceChildren());

  it('shows the picture as decoration, without telling its host where we are', () => {
    const picture = pictureIn(mount('https://shop.example/pictures/1.svg'));
    expect(picture.src).toBe('https://shop.example/pictures/1.svg');
    expect(picture.alt).toBe('');
    expect(picture.getAttribute('referrerpolicy')).toBe('no-referrer');
  });

  it('becomes a placeholder when the picture cannot be loaded', async () => {
    const element = mount('https://shop.example/pictures/gone.svg');
    pictureIn(element).dispatchEvent(new CustomEvent('error'));
    await Promise.resolve();
    expect(pictureIn(element)).toBeNull();
    expect(placeholderIn(element)).not.toBeNull();
  });

  it('tries again with the next address', async () => {
    const element = mount('https://shop.example/pictures/gone.svg');
    pictureIn(element).dispatchEvent(new CustomEvent('error'));
    element.src = 'https://shop.example/pictures/2.svg';
    await Promise.resolve();
    expect(pictureIn(element).src).toBe('https://shop.example/pictures/2.svg');
  });

  it.each([
    ['javascript:alert(1)'],
    ['data:image/svg+xml,<svg onload=alert(1)>'],
    ['http://shop.example/1.svg'],
    ['//shop.example/1.svg'],
    ['https://rep:secret@shop.example/1.svg'],
    [null]
  ])('asks for nothing at %p', (src) => {
    const element = mount(src);
    expect(pictureIn(element)).toBeNull();
    expect(placeholderIn(element)).not.toBeNull();
  });

  it('is accessible with a picture', async () => {
    await expect(mount('https://shop.example/pictures/1.svg')).toBeAccessible();
  });

  it('is accessible as a placeholder', async () => {
    await expect(mount(null)).toBeAccessible();
  });
});
