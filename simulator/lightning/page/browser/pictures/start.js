/**
 * Let the worker answer for https://shop.example before anything asks for a picture.
 *
 * Without it (a browser that has no service workers) the page works and pictures do not load.
 */
export async function startPictures() {
  const container = navigator.serviceWorker;
  if (!container) return;
  await container.register('/pictures-worker.js');
  if (container.controller) return;
  await new Promise((resolve) => {
    container.addEventListener('controllerchange', resolve, { once: true });
  });
}
