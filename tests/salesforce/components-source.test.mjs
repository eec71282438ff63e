import test from 'node:test';
import { check } from './checks/components-source.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('unsafe lines of components are found, what only looks like one is not', (t) => {
  assertFindings(check(plantedProject(t, 'components-source')), [
    'unsafe.html:3: lwc:dom="manual"',
    'unsafe.html:4: rel="noopener noreferrer"',
    'unsafe.html:5: rel="noopener noreferrer"',
    'unsafe.html:7: href runs text as code',
    'unsafe.html:7: onclick="..." is inline code',
    'unsafe.html:8: <iframe> brings foreign code',
    'unsafe.js:10: eval runs text as code',
    'unsafe.js:11: Function runs text as code',
    'unsafe.js:12: setTimeout runs text as code',
    'unsafe.js:13: setInterval runs text as code',
    'unsafe.js:15: a created script element',
    'unsafe.js:16: innerHTML makes markup of text',
    'unsafe.js:17: insertAdjacentHTML makes markup of text',
    'unsafe.js:22: no fetch',
    'unsafe.js:23: no XMLHttpRequest',
    'unsafe.js:24: console output',
    'unsafe.js:28: drop composed'
  ]);
});
