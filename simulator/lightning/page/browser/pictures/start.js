/** How long the page waits for its pictures' worker; without it, pictures become placeholders. */
const PATIENCE_MS = 3000;

/**
 * Let the worker answer for https://shop.example before anything asks for a picture.
 *
 * On a first visit the worker takes over in a moment. On later ones it is there already, and is
 * only looked at again for a newer version: nobody waits for that.
 */
export async function startPictures() {
  const container = navigator.serviceWorker;
  if (!container) return;
  container.register('/pictures-worker.js').catch((problem) => console.error(problem));
  if (container.controller) return;
  await new Promise((resolve) => {
    container.addEventListener('controllerchange', resolve, { once: true });
    setTimeout(resolve, PATIENCE_MS);
  });
}
