/**
 * Runs reports of the project on the org's rows, as their metadata says. Of all that a report may be,
 * what ours are: a matrix that counts rows, grouped by one field down and one across, with filters
 * `equals`. Anything else is refused.
 * Source: Metadata API Developer Guide, "Report".
 */
import path from 'node:path';
import { readMetadata, readMetadataFolder } from './metadata.mjs';
import { quoted, valueAt } from './soql.mjs';

/** Rows a report reads; the platform shows 2,000 of them. */
const MOST_ROWS = 2_000;
const NOTHING = '-';
const DAY_MS = 86_400_000;

/**
 * Every report of a folder of reports, run.
 * Shape: `[{name, label, description, down, across, columns: [text], rows: [{label, counts, total}],
 * totals: [number], total, isCut}]`: `down` and `across` are labels of fields.
 * @param folders `{reports, reportTypes}` of the project.
 */
export async function runReports(connection, { reports, reportTypes }, folderName) {
  const files = readMetadataFolder(path.join(reports, folderName), '.report-meta.xml');
  return Promise.all(
    files.map(({ name, content }) => runReport(connection, reportTypes, name, content.Report))
  );
}

async function runReport(connection, reportTypes, name, report) {
  refuseOtherForms(name, report);
  const objectName = baseObject(reportTypes, report.reportType);
  const description = await connection.describe(objectName);
  const down = grouping(report.groupingsDown, description);
  const across = grouping(report.groupingsAcross, description);
  const records = await connection.query(
    `SELECT ${down.column}, ${across.column} FROM ${objectName} WHERE ${conditions(report, name)} LIMIT ${MOST_ROWS}`
  );
  return {
    name,
    label: report.name,
    description: report.description,
    down: down.label,
    across: across.label,
    isCut: records.length === MOST_ROWS,
    ...matrix(records, down, across)
  };
}

function refuseOtherForms(name, { format, groupingsDown, groupingsAcross, aggregates, chart }) {
  const isMatrix = format === 'Matrix' && groupingsDown?.field && groupingsAcross?.field;
  if (!isMatrix || aggregates || chart) {
    throw new Error(`${name}: only a matrix that counts rows by two fields is run locally`);
  }
}

/** `Offer_Responses__c` is the report type `Offer_Responses` of the project. */
function baseObject(reportTypes, reportType) {
  const file = `${reportType.replace(/__c$/, '')}.reportType-meta.xml`;
  return readMetadata(path.join(reportTypes, file)).ReportType.baseObject;
}

const fieldName = (column) => column.split('$').at(-1);

function grouping({ field, dateGranularity }, description) {
  const name = fieldName(field);
  const found = description.fields.find((each) => each.name === name);
  if (!found) throw new Error(`${description.name} has no field ${name}`);
  const column = found.type === 'reference' ? `${found.relationshipName}.Name` : name;
  const groupOf = found.type === 'datetime' ? dateGroup(dateGranularity) : textGroup(found);
  return { label: found.label, column, groupOf: (record) => groupOf(valueAt(record, column)) };
}

/** Picklists are in their own order, other texts in that of the alphabet. */
function textGroup({ picklistValues = [] }) {
  const order = picklistValues.map(({ value }) => value);
  const place = (value) => String(order.indexOf(value)).padStart(4, '0');
  return (value) => ({
    label: value ?? NOTHING,
    order: order.length ? place(value) : (value ?? '').toLowerCase()
  });
}

function dateGroup(granularity) {
  if (granularity === 'Day') return (value) => dayGroup(value, 0);
  if (granularity === 'Week') return (value) => dayGroup(value, 6);
  throw new Error(`Groups of a ${granularity} are not run locally`);
}

/** The day of a moment, or its week, which begins on Monday. */
function dayGroup(value, more) {
  if (!value) return { label: NOTHING, order: '' };
  const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  const sinceMonday = more ? (day.getUTCDay() + 6) % 7 : 0;
  const first = new Date(day.getTime() - sinceMonday * DAY_MS);
  const last = new Date(first.getTime() + more * DAY_MS);
  const label = more ? `${shownDay(first)} - ${shownDay(last)}` : shownDay(first);
  return { label, order: first.toISOString() };
}

const shownDay = (day) =>
  day.toLocaleDateString('en-GB', {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone: 'UTC'
  });

function conditions({ filter }, name) {
  const items = [filter?.criteriaItems ?? []].flat();
  const texts = items.map(({ column, operator, value }) => {
    if (operator !== 'equals')
      throw new Error(`${name}: the filter ${operator} is not run locally`);
    return `${fieldName(column)} IN (${value.split(',').map(quoted).join(', ')})`;
  });
  return ['Id != null', ...texts].join(' AND ');
}

function matrix(records, down, across) {
  const [rowGroups, columnGroups] = [down, across].map((axis) => groupsOf(records, axis));
  const counted = new Map();
  for (const record of records) {
    const key = JSON.stringify([down.groupOf(record).label, across.groupOf(record).label]);
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  const countOf = (row, column) => counted.get(JSON.stringify([row, column])) ?? 0;
  const rows = rowGroups.map((label) => {
    const counts = columnGroups.map((column) => countOf(label, column));
    return { label, counts, total: counts.reduce((sum, count) => sum + count, 0) };
  });
  const totals = columnGroups.map((_, place) =>
    rows.reduce((sum, { counts }) => sum + counts[place], 0)
  );
  return { columns: columnGroups, rows, totals, total: records.length };
}

function groupsOf(records, { groupOf }) {
  const groups = new Map(records.map(groupOf).map((group) => [group.label, group.order]));
  return [...groups].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([label]) => label);
}
