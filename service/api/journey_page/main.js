/**
 * The configuration page of both activities. Journey Builder shows it in an iframe; everything it
 * remembers stands in the activity that Journey Builder keeps, nothing here.
 *
 * facts: `{kind: "activity"|"split", frameOrigins, datasets: [{name, label, identityTypes,
 * catalogTypes, attributes, profileObjectTypes, segmentNames}]}`: what the service's operator configured.
 */
import { connect } from './host.js';
import { element, notice } from './elements.js';
import { Wizard } from './wizard.js';

const facts = JSON.parse(document.getElementById('facts').textContent);
const page = document.getElementById('page');

function tell(kind, title, sentence) {
  page.replaceChildren(notice(kind, element('h1', {}, title), element('p', {}, sentence)));
  page.removeAttribute('aria-busy');
}

if (window.Postmonger) start();
else
  tell(
    'error',
    'The page is not complete',
    'Postmonger is not installed beside it. Your operator installs it with scripts/setup, or with npm ci in service/api/journey_page.'
  );

function start() {
  connect(facts.frameOrigins, {
    onOpened: (opened, host) => {
      page.removeAttribute('aria-busy');
      const wizard = new Wizard(page, facts, opened, host);
      host.listen(wizard);
      wizard.show();
    },
    onSilence: () =>
      tell(
        'warning',
        'Not connected to Journey Builder',
        'This page configures an activity of a journey. Open it in Journey Builder: drag the activity onto the canvas of a journey and select it.'
      ),
    onStranger: (origin) =>
      tell(
        'error',
        'Not connected to Journey Builder',
        `This page may be shown by your Marketing Cloud stack only, and ${origin} is not in stack_hosts of the tenants file.`
      )
  });
}
