// Component tests read the sentences a rep reads: each `@salesforce/label/c.<name>` answers its value
// from the labels file. A name that is not in the file keeps the runner's own stub, "c.<name>".
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');
const { XMLParser } = require('fast-xml-parser');

const LABELS_FILE = resolve(__dirname, '../../main/default/labels/CustomLabels.labels-meta.xml');

const parser = new XMLParser({ isArray: (name) => name === 'labels', parseTagValue: false });
const { labels } = parser.parse(readFileSync(LABELS_FILE, 'utf8')).CustomLabels;

for (const { fullName, value } of labels) {
  jest.doMock(`@salesforce/label/c.${fullName}`, () => ({ __esModule: true, default: value }), {
    virtual: true
  });
}
