/** Files of the builds and of the design system. */
import fs from 'node:fs';
import path from 'node:path';
import { Refusal } from './http.mjs';

const CONTENT_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2'
};

/** A handler `(request, response, name)` that answers with the file `name` below `directory`. */
export function filesBelow(directory) {
  return async (request, response, name) => {
    const file = path.join(directory, decoded(name));
    const type = CONTENT_TYPES[path.extname(file)];
    if (!file.startsWith(directory + path.sep) || !type) throw new Refusal(404, 'No such file.');
    const found = await fs.promises.stat(file).catch(() => null);
    if (!found?.isFile()) throw new Refusal(404, 'No such file.');
    sendFile(request, response, file, { type, tag: `"${found.mtimeMs}-${found.size}"` });
  };
}

function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new Refusal(404, 'No such file.');
  }
}

/** The browser asks each time whether its copy still holds; after a build it does not. */
function sendFile(request, response, file, { type, tag }) {
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-cache', ETag: tag };
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, headers);
  fs.createReadStream(file).pipe(response);
}
