import { createElement } from 'lwc';
import StarRating from 'c/starRating';

function mount(value) {
  const element = createElement('c-star-rating', { is: StarRating });
  element.value = value;
  document.body.appendChild(element);
  return element.shadowRoot;
}

describe('c-star-rating', () => {
  afterEach(() => document.body.replaceChildren());

  it.each([
    [5, 'Rated 5 out of 5', '100%'],
    [4.26, 'Rated 4.3 out of 5', '85.2%'],
    [2.5, 'Rated 2.5 out of 5', '50%'],
    [0, 'Rated 0 out of 5', '0%'],
    [9, 'Rated 5 out of 5', '100%'],
    [-1, 'Rated 0 out of 5', '0%']
  ])('fills the stars of %d as far as earned and says it', (value, spoken, width) => {
    const drawn = mount(value);
    expect(drawn.querySelector('[role="img"]').getAttribute('aria-label')).toBe(spoken);
    expect(drawn.querySelector('.earned').style.width).toBe(width);
  });

  it.each([[null], [undefined], ['4.5'], [NaN]])('draws nothing for %p', (value) => {
    expect(mount(value).querySelector('.rating')).toBeNull();
  });

  it('is accessible', async () => {
    await expect(mount(4.5).host).toBeAccessible();
  });
});
