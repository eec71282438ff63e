/** What a test sees of a record page: the components of its right column and their state. */

const COMPONENTS = '[data-region="sidebar"] shell-placed-component';
/**
 * What a component lists: suggestions, affinities, events. A suggestion is an article of a list; the
 * card around the list is an article, too.
 */
export const ITEMS = 'li article, c-affinity-type li, c-event-row';
const PATIENCE_MS = 15_000;

/**
 * Wait until every component of the right column has left its loading state.
 * @returns `[{title, state, items}]`: the card's heading, the state it draws, how many items.
 * Raises: Error when one is still loading after 15 s, or none is there.
 */
export async function settledComponents(page) {
  const states = page.locator(`${COMPONENTS} [data-state]`);
  await states.first().waitFor({ state: 'attached', timeout: PATIENCE_MS });
  const loading = page.locator(`${COMPONENTS} [data-state="loading"]`);
  await loading.first().waitFor({ state: 'detached', timeout: PATIENCE_MS });
  const components = await page.locator(COMPONENTS).all();
  return Promise.all(components.map(describe));
}

async function describe(component) {
  return {
    title: await component.locator('h2').first().innerText(),
    state: await component.locator('[data-state]').getAttribute('data-state'),
    items: await component.locator(ITEMS).count()
  };
}
