/** What the interviews of one transaction reach outside: Apex actions, and records of the org. */
import { ElementFault } from './faults.mjs';
import { quoted } from '../org/soql.mjs';

export class Outside {
  /** The action calls made: `[{element, actionName, requests, results, problem}]`. */
  actionCalls = [];

  constructor({ apex, connection }) {
    this.apex = apex;
    this.connection = connection;
  }

  /** Call an Apex action once for all `requests`; answers as `ApexHost.callInvocable` does. */
  async callAction({ name, actionName }, requests) {
    const answer = await this.apex.callInvocable(actionName, requests);
    this.actionCalls.push({
      element: name,
      actionName,
      requests: requests.length,
      results: answer.ok ? answer.value : [],
      problem: answer.ok ? null : answer.error.message
    });
    return answer;
  }

  /** Add records; answers `[{id} | {problem}]` in order. */
  createRecords(objectName, records) {
    return this.connection.create(objectName, records).catch(asFault);
  }

  /** Records of an object by their 18-character id, with `fields`. */
  async recordsById(objectName, ids, fields) {
    if (ids.length === 0) return new Map();
    const wanted = [...new Set(ids)].map(quoted).join(', ');
    const columns = [...new Set(['Id', ...fields])].join(', ');
    const soql = `SELECT ${columns} FROM ${objectName} WHERE Id IN (${wanted})`;
    const found = await this.connection.query(soql).catch(asFault);
    return new Map(found.map((record) => [record.Id, record]));
  }
}

function asFault(problem) {
  throw new ElementFault(problem.message);
}
