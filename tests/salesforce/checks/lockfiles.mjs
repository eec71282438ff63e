/**
 * Pins are portable: lockfiles and requirement files name versions and hashes, never the address of
 * an index or a place on somebody's machine. Registries are chosen by whoever installs.
 */
import path from 'node:path';
import { runAsCommand } from '../reading/findings.mjs';

/** Files that pin or configure installation, by base name, and the rules each must obey. */
const KINDS = [
  {
    is: (file) => path.posix.basename(file) === 'package-lock.json',
    rules: [resolved, machinePath]
  },
  { is: (file) => path.posix.basename(file) === '.npmrc', rules: [registry, machinePath] },
  { is: isRequirement, rules: [indexOption, address, machinePath] },
  { is: isProjectFile, rules: [machinePath] },
  { is: (file) => path.posix.basename(file) === 'uv.lock', rules: [unwanted] }
];

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const pinned = project.files().flatMap((file) => {
    const kind = KINDS.find(({ is }) => is(file));
    return kind ? [{ file, rules: kind.rules }] : [];
  });
  const findings = pinned.flatMap(({ file, rules }) => fileFindings(project, file, rules));
  return { examined: pinned.length, findings: [...findings, ...missingLocks(project, pinned)] };
}

function fileFindings(project, file, rules) {
  return project
    .text(file)
    .split('\n')
    .flatMap((text, index) =>
      rules
        .map((rule) => rule(text, index))
        .filter(Boolean)
        .map((message) => ({ file, line: index + 1, message }))
    );
}

/** Every package.json has its lockfile and the settings that keep addresses out of it. */
function missingLocks(project, pinned) {
  return pinned
    .filter(({ file }) => path.posix.basename(file) === 'package.json')
    .flatMap(({ file }) =>
      ['package-lock.json', '.npmrc']
        .filter((name) => !project.has(path.posix.join(path.posix.dirname(file), name)))
        .map((name) => ({ file, line: 1, message: `needs ${name} beside it` }))
    );
}

function isRequirement(file) {
  return /(^|\/)requirements[^/]*(\/[^/]+)?\.(txt|in)$/.test(file);
}

function isProjectFile(file) {
  return ['package.json', 'pyproject.toml', 'sfdx-project.json'].includes(
    path.posix.basename(file)
  );
}

function resolved(text) {
  return (
    /"resolved":\s*"(http|file:)/.test(text) && 'holds an address: reinstall with .npmrc in place'
  );
}

function registry(text) {
  return /registry\s*=/.test(text) && 'chooses a registry: leave that to the machine';
}

function indexOption(text) {
  const option = /^\s*(--(?:extra-)?index-url|--find-links|--trusted-host|-i|-f)\b/.exec(text);
  return option && `${option[1]} chooses an index: leave that to the machine`;
}

function address(text) {
  const requirement = text.replace(/(^|\s)#.*$/, '');
  return /\b(https?|git\+\w+|file):/.test(requirement) && 'pins an address: pin name==version';
}

function machinePath(text) {
  const found =
    /(?:^|[\s"'=(:]|file:\/\/)(\/(?:home|Users|root|work|tmp)\/[^\s"']*|[A-Z]:\\[^\s"']*)/.exec(
      text
    );
  return found && `${found[1]} is a place on one machine`;
}

function unwanted(text, index) {
  return index === 0 && 'holds addresses of packages: requirements/*.txt are the pins, remove it';
}

if (import.meta.main) await runAsCommand(check);
