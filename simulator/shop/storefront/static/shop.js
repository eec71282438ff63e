/** What the shop's buttons do. What they mean to Personalization is in the sitemap. */
import { drawProduct } from '/drawings/drawing.js';
import { allow, changeBasket, isAllowed, page, purchase, quickView } from './sitemap.js';

const SAID_FOR_MS = 2500;
const look = document.getElementById('look');

/** The basket: product id -> quantity, kept in a cookie that the server reads, too. */
function readBasket() {
  const cookie = document.cookie.match(/(?:^|; )basket=([^;]*)/)?.[1] ?? '';
  return new Map(
    cookie
      .split('~')
      .filter(Boolean)
      .map((line) => line.split(':'))
  );
}

function writeBasket(basket) {
  const lines = [...basket].map(([id, quantity]) => `${id}:${quantity}`);
  document.cookie = `basket=${lines.join('~')}; path=/; SameSite=Lax`;
  const size = [...basket.values()].reduce((sum, quantity) => sum + Number(quantity), 0);
  document.getElementById('basket-size').textContent = size;
}

function nameOf(id) {
  return page.items[id].catalogObject.attributes.name;
}

function addToBasket(id) {
  const basket = readBasket();
  basket.set(id, Number(basket.get(id) ?? 0) + 1);
  writeBasket(basket);
  const { price, currency } = page.items[id].catalogObject.attributes;
  const lineItem = {
    catalogObjectType: 'Product',
    catalogObjectId: id,
    quantity: 1,
    price,
    currency
  };
  changeBasket('Add To Cart', lineItem);
  say(`${nameOf(id)} is in your basket.`);
}

function removeFromBasket(id) {
  const basket = readBasket();
  basket.delete(id);
  writeBasket(basket);
  const isIt = ({ catalogObjectId }) => catalogObjectId === id;
  changeBasket('Remove From Cart', page.interaction.lineItems.find(isIt));
  location.reload();
}

function buy() {
  purchase();
  writeBasket(new Map());
  location.assign('/thanks');
}

function openLook(id) {
  const { price } = page.items[id].catalogObject.attributes;
  look.dataset.item = id;
  look.querySelector('h2').textContent = nameOf(id);
  look.querySelector('.price').textContent = `£${price.toFixed(2)}`;
  look.querySelector('img').src = pictureOf(id, nameOf(id));
  look.querySelector('[data-add]').dataset.add = id;
  look.querySelector('a').href = `/products/${id}`;
  look.showModal();
  quickView(id);
}

function say(sentence) {
  const said = document.getElementById('said');
  said.textContent = sentence;
  clearTimeout(said.timer);
  said.timer = setTimeout(() => (said.textContent = ''), SAID_FOR_MS);
}

function pictureOf(id, name) {
  return `data:image/svg+xml,${encodeURIComponent(drawProduct(id, name.toUpperCase()))}`;
}

function drawPictures() {
  for (const image of document.querySelectorAll('img[data-picture]')) {
    const id = image.dataset.picture;
    image.src = pictureOf(id, page.items[id] ? nameOf(id) : image.alt);
  }
}

/** Draw the first promotion of a web campaign as the site's banner. */
function drawBanner({ detail: { campaignResponses } }) {
  const [item] = campaignResponses.flatMap(({ payload }) => payload?.banner ?? []);
  if (!item) return;
  const { name, description, ctaText } = item.attributes;
  const banner = document.getElementById('banner');
  banner.querySelector('img').src = pictureOf(item.id, name.value);
  banner.querySelector('strong').textContent = name.value;
  banner.querySelector('span').textContent = description.value;
  banner.querySelector('em').textContent = ctaText.value;
  banner.hidden = false;
}

document.addEventListener('simulator:campaigns', drawBanner);
document.addEventListener('click', ({ target }) => {
  const { add, look: looked, remove } = target.closest('button')?.dataset ?? {};
  if (add) addToBasket(add);
  if (looked) openLook(looked);
  if (remove) removeFromBasket(remove);
  if (target.id === 'buy') buy();
});
look.addEventListener('close', () => quickView(look.dataset.item, true));
document.getElementById('shopper').addEventListener('change', ({ target }) => target.form.submit());
const consent = document.getElementById('consent');
consent.checked = isAllowed();
consent.addEventListener('change', () => allow(consent.checked));
drawPictures();
