/**
 * Talks to Journey Builder by Postmonger. Its answers come in more than one shape; here they become
 * one. Sources: Marketing Cloud Engagement guide, "Postmonger Events"; payloads seen in public
 * activities.
 */
const SILENCE_MS = 5000;
const WHAT_WE_ASK = [
  'requestTriggerEventDefinition',
  'requestSchema',
  'requestDataSources',
  'requestContactsSchema',
  'requestInteraction'
];
/** How long a host may take that never answers some of our questions. */
const PATIENCE_MS = 1500;

/**
 * Find out who frames us, open the session and wait for the activity.
 * @param {string[]} allowed origins that may frame us
 * @param {{onOpened, onSilence, onStranger}} told `onOpened(opened, host)` with
 *   `{payload, trigger, schema, dataSources, contacts, interaction}`
 */
export function connect(allowed, { onOpened, onSilence, onStranger }) {
  if (window.parent === window) return onSilence();
  const parent = parentOrigin();
  if (parent && !allowed.includes(parent)) return onStranger(parent);
  // A browser that does not say who frames us has still obeyed frame-ancestors.
  const pinned = parent ?? '*';
  const session = new window.Postmonger.Session({
    connect: window.parent,
    from: pinned,
    to: pinned
  });
  const silence = setTimeout(onSilence, SILENCE_MS);
  const answers = ask(session);
  session.on('initActivity', async (payload) => {
    session.off('initActivity'); // it comes again each time we say "ready"
    clearTimeout(silence);
    onOpened({ payload: payload ?? {}, ...(await answers) }, new Host(session));
  });
  session.trigger('ready');
}

function parentOrigin() {
  if (window.location.ancestorOrigins?.length) return window.location.ancestorOrigins[0];
  return document.referrer ? new URL(document.referrer).origin : null;
}

/** Ask for everything the pickers offer; what does not come in time is not offered. */
async function ask(session) {
  const answers = WHAT_WE_ASK.map(
    (question) =>
      new Promise((resolve) => {
        session.on(question.replace('request', 'requested'), resolve);
        setTimeout(resolve, PATIENCE_MS, null);
        session.trigger(question);
      })
  );
  const [trigger, schema, dataSources, contacts, interaction] = await Promise.all(answers);
  return {
    trigger: trigger?.eventDefinition ?? trigger ?? null,
    schema: schema?.schema ?? schema ?? [],
    dataSources: dataSources?.dataSources ?? dataSources ?? [],
    contacts: contactSets(contacts),
    interaction: interaction?.interaction ?? interaction ?? {}
  };
}

/** The key of the answer is misspelt in what was recorded. */
function contactSets(answer) {
  const response = answer?.schemaReponse ?? answer?.schemaResponse ?? answer;
  return response?.schema?.setDefinitions ?? response?.setDefinitions ?? [];
}

/** What we tell Journey Builder. */
class Host {
  #session;
  #isSaved = false;

  constructor(session) {
    this.#session = session;
  }

  /** Let its buttons and steps lead `wizard`. */
  listen(wizard) {
    this.#session.on('clickedNext', () => wizard.next());
    this.#session.on('clickedBack', () => wizard.back());
    this.#session.on('gotoStep', (step) => wizard.goTo(step?.key ?? step));
  }

  /** Say which buttons there are at this step, and whether one may go on. */
  buttons({ isFirst, isLast, mayGoOn, isReadOnly }) {
    this.#session.trigger('updateButton', { button: 'back', visible: !isFirst, enabled: true });
    this.#session.trigger('updateButton', {
      button: 'next',
      text: isLast ? 'done' : 'next',
      visible: !(isLast && isReadOnly),
      enabled: mayGoOn
    });
  }

  stepped(isForward) {
    this.#session.trigger(isForward ? 'nextStep' : 'prevStep');
  }

  /** Its buttons wait after a click until they hear of us. */
  stay() {
    this.#session.trigger('ready');
  }

  changed() {
    this.#session.trigger('setActivityDirtyState', true);
  }

  /** Save and close, once: a second click must not save again. */
  save(payload) {
    if (this.#isSaved) return;
    this.#isSaved = true;
    this.#session.trigger('setActivityDirtyState', false);
    this.#session.trigger('updateActivity', payload);
  }
}
