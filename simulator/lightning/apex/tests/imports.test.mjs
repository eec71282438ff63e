import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '..');
/** The folders from the lowest up; a file imports from its own folder and from lower ones. */
const LAYERS = [
  'values',
  'runtime',
  'syntax',
  'json',
  'data',
  'platform',
  'compiler',
  'callouts',
  '.',
  'host'
];
/** Files that join the parts and are therefore used by both sides of their layer. */
const JOINS = { 'host.mjs': 'host' };

function files() {
  return LAYERS.flatMap((layer) =>
    fs
      .readdirSync(path.join(ROOT, layer))
      .filter((name) => name.endsWith('.mjs'))
      .map((name) => path.join(layer, name))
  );
}

/** The files that a file imports, relative to the root. */
function imported(file) {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
  const names = [...text.matchAll(/^(?:import|export)\b[^'"]*?from '(\.[^']+)';/gms)].map(
    ([, name]) => name
  );
  return names.map((name) => path.join(path.dirname(file), name));
}

function layerOf(file) {
  return LAYERS.indexOf(JOINS[file] ?? path.dirname(file));
}

test('imports point downwards', () => {
  const upwards = files().flatMap((file) =>
    imported(file)
      .filter((other) => layerOf(other) > layerOf(file))
      .map((other) => `${file} -> ${other}`)
  );
  assert.deepEqual(upwards, []);
});

test('no file imports itself by way of others', () => {
  const rings = [];
  const done = new Set();
  const visit = (file, way) => {
    if (way.includes(file)) rings.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    else if (!done.has(file)) imported(file).forEach((other) => visit(other, [...way, file]));
    done.add(file);
  };
  files().forEach((file) => visit(file, []));
  assert.deepEqual(rings, []);
});
