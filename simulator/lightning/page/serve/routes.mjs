/**
 * What the page's server answers: the documents, their files, records of the org, and Apex calls.
 */
import path from 'node:path';
import { appPage, homePage, recordPage } from '../../org/flexipages.mjs';
import { exposedComponents } from '../../org/component-bundles.mjs';
import { LAYOUTS, OBJECT_NAMES } from '../../org/layouts.mjs';
import { appPageView, homePageView, pageView, placedFields } from '../../org/page-view.mjs';
import { quickActions } from '../../org/quick-actions.mjs';
import { listView, recordView, uiRecord } from '../../org/records.mjs';
import { relatedListOf, relatedRows } from '../../org/related-lists.mjs';
import { runReports } from '../../org/reports.mjs';
import { componentSetup } from '../../org/setup.mjs';
import { sendDocument } from './document.mjs';
import { flowRoutes } from './flow-routes.mjs';
import { readJson, Refusal, sendJson } from './http.mjs';
import { filesBelow } from './static-files.mjs';

const BROWSER = path.resolve(import.meta.dirname, '../browser');
const DESIGN_SYSTEM = path.resolve(
  import.meta.dirname,
  '../../node_modules/@salesforce-ux/design-system/assets'
);

/**
 * The table of routes: `[method, pattern, handler(request, response, ...groups)]`.
 * @param parts `{connection, apex, project, built, shopUrl, journeysUrl}`, joined by the server;
 *   the last two say where the simulated shop and Journey Builder are, if there are any.
 */
export function routes({ connection, apex, project, built, shopUrl, journeysUrl }) {
  const components = exposedComponents(project.components);
  const lists = (request, response, objectName) =>
    sendList(connection, request, response, objectName);
  return [
    ['GET', /^\/$/, redirectHome],
    ['GET', /^\/lightning\/.*$/, sendDocument],
    ['GET', /^\/shop$/, leadTo('shop', shopUrl)],
    ['GET', /^\/journeys$/, leadTo('Journey Builder', journeysUrl)],
    ['GET', /^\/slds\/(.+)$/, filesBelow(DESIGN_SYSTEM)],
    ['GET', /^\/vendor\/(.+)$/, filesBelow(built.vendor)],
    ['GET', /^\/(page\.css)$/, filesBelow(BROWSER)],
    ['GET', /^\/(app\.js|pictures-worker\.js)$/, filesBelow(built.app)],
    ['GET', /^\/data\/lists\/(\w+)$/, lists],
    ['GET', /^\/data\/records\/(\w+)\/(\w+)$/, sendRecord],
    ['GET', /^\/data\/records\/(\w+)\/(\w+)\/related\/(\w+)$/, sendRelated],
    ['GET', /^\/data\/reports\/(\w+)$/, sendReports],
    ['GET', /^\/data\/home$/, sendHome],
    ['GET', /^\/data\/pages\/(\w+)$/, sendPage],
    ['GET', /^\/data\/user$/, sendUser],
    ['GET', /^\/data\/setup\/components$/, sendSetup],
    ['GET', /^\/ui-api\/records\/(\w+)$/, sendUiRecord],
    ['POST', /^\/apex\/(\w+)\/(\w+)$/, callApex],
    ...flowRoutes({ connection, apex, project })
  ];

  /** The other systems have origins of their own; the shop's `?as=` signs a contact or lead in. */
  function leadTo(name, url) {
    return (request, response) => {
      if (!url) throw new Refusal(404, `No ${name} was started beside this page.`);
      const { search } = new URL(request.url, 'http://localhost');
      response.writeHead(302, { Location: `${url}/${search}` }).end();
    };
  }

  async function sendRecord(request, response, objectName, recordId) {
    refuseUnknownObject(objectName);
    const page = recordPage(project.flexipages, objectName);
    const record = await recordView(connection, objectName, recordId, placedFields(page));
    if (!record) throw new Refusal(404, `The org has no ${objectName} ${recordId}.`);
    const actions = quickActions(project, objectName);
    sendJson(response, 200, { record: { ...record, actions }, page: pageView(page, components) });
  }

  async function sendRelated(request, response, objectName, recordId, relationship) {
    refuseUnknownObject(objectName);
    const list = relatedListOf(recordPage(project.flexipages, objectName), relationship);
    if (!list) throw new Refusal(404, `The page of ${objectName} has no list ${relationship}.`);
    const rows = await relatedRows(connection, project.objects, objectName, recordId, list);
    sendJson(response, 200, rows);
  }

  async function sendReports(request, response, folderName) {
    sendJson(response, 200, await runReports(connection, project, folderName));
  }

  function sendHome(request, response) {
    const page = homePage(project.flexipages);
    sendJson(response, 200, { parts: homePageView(page, components) });
  }

  function sendPage(request, response, name) {
    const page = appPage(project.flexipages, name);
    if (!page) throw new Refusal(404, `The org has no page ${name}.`);
    sendJson(response, 200, { label: page.label, parts: appPageView(page, components) });
  }

  async function sendUiRecord(request, response, recordId) {
    const fields = searchParams(request).get('fields') ?? '';
    const record = await uiRecord(connection, recordId, fields.split(','));
    if (!record) throw new Refusal(404, `The org has no record ${recordId}.`);
    sendJson(response, 200, record);
  }

  async function sendUser(request, response) {
    sendJson(response, 200, { customPermissions: await connection.customPermissions() });
  }

  async function sendSetup(request, response) {
    sendJson(
      response,
      200,
      await componentSetup(components.filter(isForRecords), apex, OBJECT_NAMES)
    );
  }

  /** Always 200, as on the platform, whose answer to a failed Apex call carries the error inside. */
  async function callApex(request, response, className, methodName) {
    const params = await readJson(request);
    sendJson(response, 200, await apex.callAuraEnabled(className, methodName, params));
  }
}

/** What App Builder offers beside a record; other components stand on pages of their own. */
const isForRecords = ({ targets }) => targets.includes('lightning__RecordPage');

function redirectHome(request, response) {
  response.writeHead(302, { Location: '/lightning/page/home' }).end();
}

async function sendList(connection, request, response, objectName) {
  refuseUnknownObject(objectName);
  const search = searchParams(request).get('search') ?? '';
  sendJson(response, 200, await listView(connection, objectName, search.trim()));
}

function refuseUnknownObject(objectName) {
  if (!(objectName in LAYOUTS)) throw new Refusal(404, `The page does not show ${objectName}.`);
}

function searchParams(request) {
  return new URL(request.url, 'http://localhost').searchParams;
}
