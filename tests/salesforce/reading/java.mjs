import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** The java to run: JAVA, else JAVA_HOME/bin/java, else the one on PATH. */
export function javaCommand(environment = process.env) {
  if (environment.JAVA) return environment.JAVA;
  if (environment.JAVA_HOME) return path.join(environment.JAVA_HOME, 'bin', 'java');
  return 'java';
}

/** Folder of jars inside the PMD engine's package: PMD, apex-ls and the platform's type stubs. */
export function jarFolder() {
  const entry = require.resolve('@salesforce/code-analyzer-pmd-engine');
  return path.join(path.dirname(entry), 'java-lib');
}

/** Short-lived programs start twice as fast with the first compiler only and a plain collector. */
export const QUICK_START = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];

/**
 * Runs a Java program to its end.
 * @returns {Promise<{ code: number, output: string, complaint: string }>}
 * @throws when java cannot be started
 */
export function runJava(arguments_) {
  return new Promise((resolve, reject) => {
    const child = spawn(javaCommand(), [...QUICK_START, ...arguments_]);
    const answer = { code: null, output: '', complaint: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (answer.output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (answer.complaint += text));
    child.on('error', (fault) => reject(new Error(missingJava(fault), { cause: fault })));
    child.on('close', (code) => resolve({ ...answer, code }));
  });
}

function missingJava(fault) {
  return `${javaCommand()} cannot be started (${fault.code}): set JAVA to a Java 17 or put its folder on PATH`;
}
