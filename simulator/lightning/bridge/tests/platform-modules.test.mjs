import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { before, test } from 'node:test';
import { rollup } from 'rollup';
import { platformModules } from '../platform-modules.mjs';
import { USER_ID, userSettings } from '../user.mjs';

let project;

before(() => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'project-'));
  project = {
    classes: path.join(folder, 'classes'),
    customPermissions: path.join(folder, 'customPermissions'),
    labels: path.join(folder, 'labels')
  };
  write(path.join(project.customPermissions, 'Look.customPermission-meta.xml'), '');
  write(
    path.join(project.classes, 'controllers/Shop.cls'),
    `public with sharing class Shop {
       @AuraEnabled(cacheable=true)
       public static List<Map<String, Object>> products(Id recordId) { return null; }
       @AuraEnabled
       public static void order(Id recordId) {}
       public static void secret() {}
       // @AuraEnabled(cacheable=true)
       // public static void was() {}
     }`
  );
  write(
    path.join(project.labels, 'CustomLabels.labels-meta.xml'),
    `<CustomLabels><labels><fullName>Greeting</fullName><value>Hello &amp; {0}</value></labels></CustomLabels>`
  );
});

function write(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

/** What `import value from specifier` gives in the built page, as source text. */
async function built(specifier) {
  const entry = {
    name: 'entry',
    resolveId: (id) => (id === 'entry' ? id : null),
    load: (id) => (id === 'entry' ? `export { default } from '${specifier}';` : null)
  };
  const plugins = [entry, userSettings(), platformModules(project)];
  // Without shaking, arguments that are always the same stay readable in the output.
  const options = { input: 'entry', plugins, logLevel: 'silent', treeshake: false };
  const bundle = await rollup(options);
  const { output } = await bundle.generate({ format: 'esm' });
  return output[0].code;
}

/** The value itself, for modules without imports. */
async function imported(specifier) {
  const code = await built(specifier);
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)).default;
}

test('a label is the text of the labels file', async () => {
  assert.equal(await imported('@salesforce/label/c.Greeting'), 'Hello & {0}');
});

test('an Apex method knows from its class whether it is cacheable', async () => {
  assert.match(
    await built('@salesforce/apex/Shop.products'),
    /apexMethod\('Shop', 'products', true\)/
  );
  assert.match(await built('@salesforce/apex/Shop.order'), /apexMethod\('Shop', 'order', false\)/);
});

test('a schema import names the object and the field', async () => {
  assert.deepEqual(await imported('@salesforce/schema/Contact.Account.Name'), {
    objectApiName: 'Contact',
    fieldApiName: 'Account.Name'
  });
  assert.deepEqual(await imported('@salesforce/schema/Contact'), { objectApiName: 'Contact' });
});

test('the user is the one of the simulated org', async () => {
  assert.equal(await imported('@salesforce/user/Id'), USER_ID);
  assert.equal(await imported('@salesforce/i18n/locale'), 'en-GB');
});

test('what the user has no say in comes with the base components', async () => {
  assert.equal(await imported('@salesforce/i18n/number.decimalSeparator'), '.');
});

for (const [mistake, specifier, complaint] of [
  ['a label nobody wrote', '@salesforce/label/c.Gretting', /Unknown custom label: Gretting/],
  ['a method that is not there', '@salesforce/apex/Shop.product', /Shop\.product$/m],
  ['a method without annotation', '@salesforce/apex/Shop.secret', /@AuraEnabled.*Shop\.secret/],
  ['a method in a comment', '@salesforce/apex/Shop.was', /@AuraEnabled.*Shop\.was/],
  ['a module without a stand-in', '@salesforce/messageChannel/Shop__c', /no local stand-in/],
  ['a resource', '@salesforce/resourceUrl/logo', /no local stand-in/]
]) {
  test(`the build fails for ${mistake}`, async () => {
    await assert.rejects(built(specifier), complaint);
  });
}

test('a custom permission is asked of the org as the page opens, and must be declared', async () => {
  const code = await built('@salesforce/customPermission/Look');
  assert.match(code, /fetch\('\/data\/user'\)/);
  assert.match(code, /customPermissions\.has\('Look'\) \|\| undefined/);
  await assert.rejects(built('@salesforce/customPermission/Peek'), /Unknown custom permission/);
});
