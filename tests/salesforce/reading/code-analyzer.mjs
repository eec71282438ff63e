import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CodeAnalyzer, CodeAnalyzerConfig } from '@salesforce/code-analyzer-core';
import * as pmd from '@salesforce/code-analyzer-pmd-engine';
import * as regex from '@salesforce/code-analyzer-regex-engine';
import { javaCommand, QUICK_START } from './java.mjs';

/** The PMD engine starts java by itself; the environment is the only way to give it options. */
process.env.JDK_JAVA_OPTIONS ??= QUICK_START.join(' ');

/**
 * Violations that Salesforce Code Analyzer's PMD and regex engines report, without its CLI.
 *
 * @param {string} root folder that the answers are relative to
 * @param {string[]} folders to be scanned, below root
 * @param {string[]} selectors rule names, tags (`AppExchange`) or tags joined (`Recommended:Security`)
 * @returns {Promise<{ rule: string, file: string, line: number, message: string }[]>}
 * @throws when an engine could not do its work: an unfinished scan must not look like a clean one
 */
export async function scan(root, folders, selectors) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'code-analyzer-'));
  try {
    const analyzer = await analyzerIn(scratch);
    const workspace = await analyzer.createWorkspace(folders.map((one) => path.join(root, one)));
    const rules = await analyzer.selectRules(selectors, { workspace });
    const results = await analyzer.run(rules, { workspace });
    return results.getViolations().map((violation) => finished(violation, root));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function analyzerIn(scratch) {
  const config = CodeAnalyzerConfig.fromObject({
    log_folder: scratch,
    root_working_folder: scratch,
    engines: { pmd: { java_command: javaCommand() }, cpd: { disable_engine: true } }
  });
  const analyzer = new CodeAnalyzer(config);
  for (const engine of [pmd, regex]) await analyzer.addEnginePlugin(engine.createEnginePlugin());
  return analyzer;
}

/** A violation in our words; the analyzer reports its own failures as violations without a file. */
function finished(violation, root) {
  const rule = violation.getRule().getName();
  const place = violation.getPrimaryLocation();
  const message = violation.getMessage().replace(/\s+/g, ' ').trim();
  if (!place.getFile()) throw new Error(`${rule}: ${message.replace(/ at [A-Z].*$/, '')}`);
  const file = path.relative(root, place.getFile()).split(path.sep).join('/');
  return { rule, file, line: place.getStartLine() ?? 1, message };
}
