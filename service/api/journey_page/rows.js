/** Rows of "what it is in Personalization" and "where its value comes from". */
import { button, element, select } from './elements.js';
import { isBinding } from './sources.js';

const FIXED = 'fixed';

/**
 * Return the rows with a button to add one.
 * @param {{rows, what, nameKey, names, groups, mayBeFixed, onChange, onReshape}} table
 *   `names` are `[{value, label}]`; `onReshape` draws the step anew
 */
export function mappedRows(table) {
  const { rows, what, nameKey, onReshape, onChange } = table;
  const add = () => {
    rows.push({ [nameKey]: '', value: '' });
    onReshape(`${what}-${rows.length - 1}-name`);
  };
  return element(
    'div',
    { class: 'rows', role: 'group', 'aria-label': `${what}s` },
    rows.map((row, place) => mappedRow({ ...table, row, place, onChange })),
    button(`Add ${what.toLowerCase()}`, add, { class: 'add', id: `${what}-add` })
  );
}

function mappedRow({ rows, row, place, what, nameKey, names, groups, mayBeFixed, ...table }) {
  const id = `${what}-${place}`;
  const number = `${what} ${place + 1}`;
  const remove = () => {
    rows.splice(place, 1);
    table.onReshape(`${what}-add`);
  };
  const name = select(
    [{ options: names }],
    row[nameKey],
    (value) => {
      row[nameKey] = value;
      table.onChange();
    },
    { id: `${id}-name`, 'aria-label': `${number} in Personalization` }
  );
  return element(
    'div',
    { class: 'row' },
    name,
    element('span', { class: 'arrow', 'aria-hidden': 'true' }, '←'),
    sourcePicker({ ...table, holder: row, key: 'value', id, number, groups, mayBeFixed }),
    button('✕', remove, { class: 'icon', 'aria-label': `Remove ${number.toLowerCase()}` })
  );
}

/** Where one value comes from: journey, contact, or where allowed a fixed text. */
export function sourcePicker(picker) {
  const { holder, key, id, number, groups, mayBeFixed, onChange, onReshape } = picker;
  const value = holder[key];
  const isFixed = mayBeFixed && (holder.isFixed ?? (value !== '' && !isBinding(value)));
  const offered = groups.map(({ label, options }) => ({
    label,
    options: options.map((each) => ({ value: each.binding, label: each.label }))
  }));
  const fixed = mayBeFixed
    ? [{ label: 'Other', options: [{ value: FIXED, label: 'Fixed value …' }] }]
    : [];
  const choose = (chosen) => {
    Object.defineProperty(holder, 'isFixed', {
      value: chosen === FIXED,
      configurable: true,
      enumerable: false // not part of what is sent
    });
    holder[key] = chosen === FIXED ? '' : chosen;
    if (chosen === FIXED || isFixed) onReshape(`${id}-${chosen === FIXED ? 'fixed' : 'source'}`);
    else onChange();
  };
  const source = select([...offered, ...fixed], isFixed ? FIXED : value, choose, {
    id: `${id}-source`,
    'aria-label': `${number} comes from`
  });
  if (!isFixed) return element('span', { class: 'source' }, source);
  const text = element('input', {
    id: `${id}-fixed`,
    'aria-label': `${number}, fixed value`,
    input: ({ target }) => {
      holder[key] = target.value;
      onChange();
    }
  });
  text.value = value;
  return element('span', { class: 'source' }, source, text);
}
