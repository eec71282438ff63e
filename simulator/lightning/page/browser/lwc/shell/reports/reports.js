import { LightningElement } from 'lwc';
import { fetchReports } from 'shell/orgData';

/** What the reports of the package show of the org's rows. */
export default class Reports extends LightningElement {
  reports = null;
  failure = null;

  async connectedCallback() {
    document.title = 'Reports | Personalization';
    try {
      this.reports = (await fetchReports('Personalization')).map(withCells);
    } catch (failure) {
      this.failure = failure.message;
    }
  }
}

function withCells(report) {
  const cells = (counts) =>
    counts.map((count, place) => ({ count, column: report.columns[place] }));
  return {
    ...report,
    isEmpty: report.total === 0,
    rows: report.rows.map((row) => ({ ...row, cells: cells(row.counts) })),
    totals: cells(report.totals)
  };
}
