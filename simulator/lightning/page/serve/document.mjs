/** The one HTML document of the page, and what the browser may do on it. */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { importMap } from '../bundling/base-components.mjs';

const TEMPLATE = path.resolve(import.meta.dirname, '../browser/index.html');

/** Answer with the shell of the page; which part it shows is read from the address by its script. */
export function sendDocument(request, response) {
  const nonce = crypto.randomBytes(16).toString('base64');
  const html = fs
    .readFileSync(TEMPLATE, 'utf8')
    .replaceAll('%NONCE%', nonce)
    .replace('%IMPORT_MAP%', JSON.stringify(importMap('/vendor')));
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer'
  });
  response.end(html);
}

/** As strict as the engine allows: synthetic shadow writes style elements, so styles may be inline. */
function contentSecurityPolicy(nonce) {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' https://shop.example data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'"
  ].join('; ');
}
