/**
 * What the security review of AppExchange would find in our Apex and metadata: rules of PMD and of
 * the regex engine, and two of our own (every class states its sharing, callouts only through named
 * credentials). A violation that is right as it stands is listed with its reason in
 * tests/salesforce/allowed-violations.json; an entry that matches nothing is a finding too.
 */
import { runAsCommand } from '../reading/findings.mjs';
import { scan } from '../reading/code-analyzer.mjs';
import { endpointFaults } from '../rules/endpoints.mjs';
import { sharingFaults } from '../rules/sharing.mjs';

/** `Recommended` alone leaves out the rules for credentials in headers and all of AppExchange. */
const SELECTORS = [
  'AppExchange',
  'Recommended:Security',
  'AvoidHardcodedCredentialsInHttpHeader',
  'ApexSuggestUsingNamedCred',
  'Recommended:ErrorProne',
  'OperationWithLimitsInLoop',
  'ApexUnitTestClassShouldHaveAsserts',
  'ApexUnitTestShouldNotUseSeeAllDataTrue',
  'UnusedLocalVariable'
];

const ALLOWED = 'tests/salesforce/allowed-violations.json';

/** @param {import('../reading/project.mjs').Project} project */
export async function check(project) {
  const apexFiles = project.apexClasses();
  if (apexFiles.length === 0) return { examined: 0, findings: [] };
  const own = apexFiles.flatMap((apexFile) =>
    [...blindSpots(apexFile), ...sharingFaults(apexFile), ...endpointFaults(apexFile)].map(
      (fault) => ({ file: apexFile.file, ...fault })
    )
  );
  const violations = await scan(project.root, project.packageFolders, SELECTORS);
  return { examined: apexFiles.length, findings: [...own, ...judged(violations, project)] };
}

/** PMD passes over a class that does not parse without a word; that must not look like a clean one. */
function blindSpots({ faults }) {
  return faults.map(({ line }) => ({
    line,
    message: 'cannot be scanned before its syntax is right'
  }));
}

/** Violations that nobody allowed, and permissions that nobody needs. */
function judged(violations, project) {
  const allowed = project.has(ALLOWED) ? JSON.parse(project.text(ALLOWED)) : [];
  const matches = (entry, { rule, file }) => entry.rule === rule && entry.file === file;
  const refused = violations.filter((one) => !allowed.some((entry) => matches(entry, one)));
  const idle = allowed.filter((entry) => !violations.some((one) => matches(entry, one)));
  return [
    ...refused.map(({ rule, file, line, message }) => ({
      file,
      line,
      message: `${rule}: ${message}`
    })),
    ...idle.map(({ rule, file }) =>
      listFault(`${rule} is allowed in ${file}, which does not break it: remove the entry`)
    ),
    ...allowed
      .filter(({ reason }) => !reason)
      .map(({ rule, file }) =>
        listFault(`${rule} is allowed in ${file} without a reason: give one`)
      )
  ];
}

function listFault(message) {
  return { file: ALLOWED, line: 1, message };
}

if (import.meta.main) await runAsCommand(check);
