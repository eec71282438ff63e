/** A headless Chromium of this machine; nothing is downloaded. */
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Keeps the browser from asking the network for anything by itself. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run'
];

/**
 * The path of Chromium: the variable CHROMIUM, else the first known name on PATH.
 * Raises: Error saying what to install.
 */
export function findChromium(environment = process.env) {
  if (environment.CHROMIUM) return environment.CHROMIUM;
  const folders = (environment.PATH ?? '').split(path.delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const found = candidates.find((candidate) => fs.existsSync(candidate));
  if (found) return found;
  throw new Error(
    `No browser found. Install Debian's package chromium, or name one in the variable CHROMIUM (looked for ${NAMES.join(', ')}).`
  );
}

/** Start the browser; the caller closes it. Root may not use Chromium's sandbox, others do. */
export function startBrowser(environment = process.env) {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: findChromium(environment),
    args: isRoot ? [...QUIET, '--no-sandbox'] : QUIET
  });
}
