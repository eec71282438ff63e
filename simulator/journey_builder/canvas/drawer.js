/**
 * Shows an activity's page in an iframe and plays Journey Builder's side of Postmonger: it answers
 * what the page requests, and its buttons do what the page says.
 */
const drawer = document.getElementById('drawer');
const [close, back, next] = ['close', 'back', 'next'].map((name) =>
  drawer.querySelector(`[data-${name}]`)
);
let session = null;

/**
 * Open `address` for an activity.
 * @param {{title, address, payload, answers, onSave}} activity `onSave(payload)` when it is done
 */
export function openDrawer({ title, address, payload, answers, onSave }) {
  closeDrawer();
  drawer.hidden = false;
  drawer.querySelector('h2').textContent = title;
  back.hidden = true;
  next.disabled = true;
  const frame = freshFrame();
  const origin = new URL(address).origin;
  session = new window.Postmonger.Session({
    connect: frame.contentWindow,
    from: origin,
    to: origin
  });
  const own = session;
  own.on('ready', () => own.trigger('initActivity', payload));
  for (const [event, answer] of Object.entries(answers))
    own.on(event.replace('requested', 'request'), () => own.trigger(event, answer));
  own.on('updateButton', setButton);
  own.on('updateActivity', (saved) => {
    closeDrawer();
    onSave(saved);
  });
  own.on('requestInspectorClose', closeDrawer);
  frame.src = address;
}

export function closeDrawer() {
  session?.end();
  session = null;
  drawer.hidden = true;
}

/** A new one each time: messages of the page before must not reach the next. */
function freshFrame() {
  const old = drawer.querySelector('iframe');
  const frame = old.cloneNode();
  frame.removeAttribute('src');
  old.replaceWith(frame);
  return frame;
}

function setButton({ button, text, visible, enabled }) {
  const target = button === 'back' ? back : next;
  target.hidden = visible === false;
  target.disabled = enabled === false;
  if (text) target.textContent = text === 'done' ? 'Done' : 'Next';
}

close.addEventListener('click', closeDrawer);
back.addEventListener('click', () => session?.trigger('clickedBack'));
next.addEventListener('click', () => session?.trigger('clickedNext'));
