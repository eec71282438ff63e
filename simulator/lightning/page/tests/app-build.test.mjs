import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { salesforceProject } from '../../org/project.mjs';
import { buildApp } from '../bundling/app.mjs';

/** Inside the package, where the engine's modules are found. */
const SCRATCH = fs.mkdtempSync(path.join(import.meta.dirname, '../../build-test-'));
after(() => fs.rmSync(SCRATCH, { recursive: true }));

const META = `<LightningComponentBundle xmlns="http://soap.sforce.com/2006/04/metadata">
  <isExposed>true</isExposed><masterLabel>Card</masterLabel>
  <targets><target>lightning__RecordPage</target></targets></LightningComponentBundle>`;

/** Build the page with one component of ours, `c-card`; resolves with the built script. */
async function pageWith({ html, script = '' }) {
  const folder = fs.mkdtempSync(path.join(SCRATCH, 'lwc-'));
  const bundle = path.join(folder, 'card');
  fs.mkdirSync(bundle);
  fs.writeFileSync(path.join(bundle, 'card.html'), html);
  fs.writeFileSync(path.join(bundle, 'card.js-meta.xml'), META);
  fs.writeFileSync(
    path.join(bundle, 'card.js'),
    `import { LightningElement } from 'lwc';\n${script}\nexport default class Card extends LightningElement {}\n`
  );
  await buildApp(path.join(folder, 'built'), { ...salesforceProject(), components: folder });
  return fs.readFileSync(path.join(folder, 'built/app.js'), 'utf8');
}

test('a component enters the page unchanged and under its own name', async () => {
  const html = '<template><lightning-badge label="Here"></lightning-badge></template>';
  assert.match(await pageWith({ html }), /sel: "c-card"/);
});

for (const [mistake, parts, complaint] of [
  [
    'an unknown component of ours',
    { html: '<template><c-nope></c-nope></template>' },
    /Unknown component or module: .*c\/nope/
  ],
  [
    'a misspelt base component',
    { html: '<template><lightning-carrd></lightning-carrd></template>' },
    /Unknown component or module: .*lightning\/carrd/
  ],
  [
    'a platform module without a stand-in',
    { html: '<template></template>', script: "import 'lightning/empApi';" },
    /Unknown component or module: .*lightning\/empApi/
  ],
  [
    'an import that its module does not have',
    {
      html: '<template></template>',
      script:
        "import { CurrentPageReference } from 'lightning/navigation';\nCurrentPageReference();"
    },
    /"CurrentPageReference" is not exported/
  ],
  ['a mistake in a template', { html: '<template><p onclick="go()"></p></template>' }, /LWC1043/]
]) {
  test(`the build fails for ${mistake}`, async () => {
    await assert.rejects(pageWith(parts), complaint);
  });
}
