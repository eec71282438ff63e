#!/usr/bin/env node
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { Program } from './program.mjs';
import { CompileFault } from './syntax/parse.mjs';
import { runTests } from './test-run.mjs';

const USAGE = `usage: node run-tests.mjs FOLDER [FILTER] [--coverage] [--minimum PERCENT] [--coverage-json FILE] [--objects FOLDER]

Runs every @IsTest class below FOLDER. FILTER is part of a class name or of Class.method.
--coverage            print line coverage of each class and of all
--minimum PERCENT     fail when the coverage of all classes is lower
--coverage-json FILE  write the coverage there
--objects FOLDER      object files to use in place of the simulated org's`;

const OPTIONS = {
  coverage: { type: 'boolean', default: false },
  minimum: { type: 'string' },
  'coverage-json': { type: 'string' },
  objects: { type: 'string' }
};

/** Run the tests as the command line says; answers the exit code. */
function main(args) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [folder, filter] = positionals;
  if (!folder) return wrongUsage();
  const started = performance.now();
  const program = Program.read({
    sources: [folder],
    ...(values.objects ? { objects: [values.objects] } : {})
  });
  const { results, coverage } = runTests(program, { filter, onResult: printResult });
  if (values.coverage) printCoverage(coverage);
  if (values['coverage-json']) writeCoverage(coverage, values['coverage-json']);
  const isCovered = checkMinimum(coverage, values.minimum);
  return finish(results, performance.now() - started) && isCovered ? 0 : 1;
}

function wrongUsage() {
  console.error(USAGE);
  return 2;
}

function printResult({ name, ms, passed, message, stack }) {
  console.log(`${passed ? '  ok  ' : '  FAIL'} ${name} (${ms} ms)`);
  if (passed) return;
  console.log(`         ${message}`);
  for (const line of stack) console.log(`           ${line}`);
}

function printCoverage(coverage) {
  console.log('\nLine coverage');
  for (const { file, percent, covered, lines, missed } of coverage.perFile()) {
    const notReached = missed.length ? `  not reached: ${missed.join(', ')}` : '';
    console.log(`  ${String(percent).padStart(5)} %  ${file} (${covered}/${lines})${notReached}`);
  }
  const { percent, covered, lines } = coverage.total();
  console.log(`  ${String(percent).padStart(5)} %  all classes (${covered}/${lines})`);
}

function writeCoverage(coverage, file) {
  const report = { total: coverage.total(), files: coverage.perFile() };
  fs.writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

function checkMinimum(coverage, minimum) {
  const { percent } = coverage.total();
  if (minimum === undefined || percent >= Number(minimum)) return true;
  console.log(`\nThe coverage of ${percent} % is below the minimum of ${minimum} %.`);
  return false;
}

function finish(results, ms) {
  const failed = results.filter((each) => !each.passed).length;
  if (!results.length) console.log('No tests were found.');
  console.log(`\n${Math.round(ms)} ms`);
  console.log(`${results.length - failed} passed, ${failed} failed`);
  return results.length > 0 && failed === 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CompileFault)) throw error;
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
