/** Small makers of elements. Text is always set as text. */

/** Return an element; of `properties` functions are listeners, `null` and `false` are left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined)
      made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A coloured box; `kind` is `info`, `warning` or `error`. */
export function notice(kind, ...children) {
  return element('div', { class: `notice ${kind}` }, ...children);
}

/** A control under its label, with a line of help. */
export function field(label, control, help) {
  control.id ||= `field-${label.replace(/\W+/g, '-').toLowerCase()}`;
  const hint = help ? element('p', { class: 'help', id: `${control.id}-help` }, help) : null;
  if (hint) control.setAttribute('aria-describedby', hint.id);
  return element(
    'div',
    { class: 'field' },
    element('label', { for: control.id }, label),
    control,
    hint
  );
}

/**
 * A select. `groups` are `{label, options: [{value, label}]}`; one without a label has no heading.
 * A value that is not offered (any more) stays chosen and is marked.
 */
export function select(groups, value, onChange, properties = {}) {
  const isOffered = groups.some(({ options }) => options.some((each) => each.value === value));
  const lost =
    value && !isOffered ? [element('option', { value }, `${value} (not offered any more)`)] : [];
  const made = element(
    'select',
    { ...properties, change: ({ target }) => onChange(target.value) },
    element('option', { value: '' }, 'Choose …'),
    lost,
    groups
      .map(({ label, options }) => {
        const items = options.map((each) => element('option', { value: each.value }, each.label));
        return label ? element('optgroup', { label }, items) : items;
      })
      .flat()
  );
  made.value = value;
  return made;
}

/** A choice of few, as radio buttons: `options` are `[value, label]`. */
export function choice(legend, name, options, value, onChange) {
  return element(
    'fieldset',
    { class: 'choice' },
    element('legend', {}, legend),
    options.map(([each, label]) => {
      const radio = element('input', { type: 'radio', name, value: each, checked: each === value });
      radio.addEventListener('change', () => onChange(each));
      return element('label', {}, radio, element('span', {}, label));
    })
  );
}

export function button(label, onClick, properties = {}) {
  return element('button', { type: 'button', click: onClick, ...properties }, label);
}
