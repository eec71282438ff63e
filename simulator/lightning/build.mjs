/**
 * Builds the local Lightning page: `node simulator/lightning/build.mjs`.
 *
 * Two builds, each skipped when its inputs are the same as last time: the engine with the base
 * components (half a minute, once per lockfile), and our own part (about 1 s).
 */
import path from 'node:path';
import { salesforceProject } from './org/project.mjs';
import { buildApp } from './page/bundling/app.mjs';
import { buildUnlessSame, fingerprint } from './page/bundling/fingerprint.mjs';
import { buildVendor } from './page/bundling/vendor.mjs';

const LIGHTNING = import.meta.dirname;
const here = (...names) => path.join(LIGHTNING, ...names);

/** Where the builds lie; the page's server reads from here. */
export const BUILT = { vendor: here('build/vendor'), app: here('build/app') };

/** Build what is out of date. `say` gets one line for each step. */
export async function buildPage({ project = salesforceProject(), say = console.log } = {}) {
  const vendorKey = fingerprint([
    here('package-lock.json'),
    here('page/bundling/vendor.mjs'),
    here('page/bundling/base-components.mjs'),
    here('bridge/user.mjs')
  ]);
  const appKey = fingerprint([
    here('package-lock.json'),
    here('page/bundling'),
    here('page/browser'),
    here('bridge'),
    here('flow/actions.mjs'),
    path.join(project.root, 'simulator/data'),
    project.file,
    project.components,
    project.customPermissions,
    project.labels,
    project.classes
  ]);
  await step('Lightning engine and base components', BUILT.vendor, vendorKey, buildVendor, say);
  const build = (directory) => buildApp(directory, project);
  await step('Page and our components', BUILT.app, appKey, build, say);
}

async function step(title, directory, key, build, say) {
  const started = Date.now();
  const announced = async (target) => {
    say(`${title}: building`);
    await build(target);
  };
  const built = await buildUnlessSame(directory, key, announced);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  say(built ? `${title}: built in ${seconds} s` : `${title}: unchanged`);
}

if (process.argv[1] === import.meta.filename) {
  await buildPage().catch((problem) => {
    const { file = problem.id ?? '', line = '' } = problem.loc ?? {};
    console.error(`Build failed: ${problem.message}\n${file} ${line}`);
    process.exitCode = 1;
  });
}
