/**
 * Service worker: answers for the pictures of the simulated shop, which has no server.
 *
 * Components ask for https://shop.example/pictures/... as they would for any shop. A picture the
 * shop does not have is a 404, as anywhere else.
 */
import products from 'shop-products';
import { drawOffer, drawProduct } from './drawing.js';

const PICTURE = /^\/pictures\/([\w-]+)\.(?:svg|png)$/;
/** Offers are not in the shop's invoices; their names are words joined by hyphens. */
const OFFER = /^[a-z]+(-[a-z]+)+$/;
const PLACEHOLDER = 'placeholder-1x1';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { hostname, pathname } = new URL(event.request.url);
  if (hostname === 'shop.example') event.respondWith(answer(pathname));
});

function answer(pathname) {
  const drawing = draw(pathname.match(PICTURE)?.[1]);
  if (!drawing) return new Response('No such picture.', { status: 404 });
  return new Response(drawing, { headers: { 'Content-Type': 'image/svg+xml' } });
}

function draw(name) {
  if (name === PLACEHOLDER) return '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';
  if (Object.hasOwn(products, name ?? '')) return drawProduct(name, products[name]);
  return OFFER.test(name ?? '') ? drawOffer(name) : null;
}
