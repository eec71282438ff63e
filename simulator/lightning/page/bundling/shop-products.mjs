/** Rollup plugin: the module `shop-products`, what the simulated shop sells, for its pictures. */
import fs from 'node:fs';
import path from 'node:path';

const NAME = 'shop-products';

/** @param root the repository; the sample of the shop's invoices lies below it. */
export function shopProducts(root) {
  const sample = path.join(root, 'simulator/data/online-retail-sample.csv');
  return {
    name: NAME,
    resolveId: (specifier) => (specifier === NAME ? `\0${NAME}` : null),
    load: (id) =>
      id === `\0${NAME}` ? `export default ${JSON.stringify(readProducts(sample))};` : null
  };
}

/** `{StockCode: Description}` of the sample; descriptions hold no commas but in quotes. */
function readProducts(file) {
  const lines = fs.readFileSync(file, 'utf8').split(/\r?\n/).slice(1);
  const rows = lines.map((line) => line.match(/^[^,]*,([^,]*),(?:"([^"]*)"|([^,]*)),/));
  const products = rows
    .filter(Boolean)
    .map(([, code, inQuotes, plain]) => [code, inQuotes ?? plain]);
  return Object.fromEntries(products);
}
