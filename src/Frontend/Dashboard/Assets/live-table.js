// A table whose figures change while somebody reads it.

import { h, put } from './dom.js';

/**
 * A table that is brought up to date in place: a row stays the same element as long as its key is there, and a cell is touched only where it
 * differs, so that focus, selection and a screen reader's place stay. In a narrow window each row is a block with the columns' names.
 * @param {string} caption what it is, for those who cannot see where it stands.
 * @param {{name: string, right?: boolean, nowrap?: boolean, once?: boolean, cell: (row) => any}[]} columns `once`: what the first row with
 *   the key had stays. Listeners in a cell are those of the first row too.
 * @param {(row) => string} keyOf
 * @param {string} whenEmpty what is said where there are no rows.
 * @returns {{element: HTMLElement, set(rows: any[]): void}}
 */
export function liveTable(caption, columns, keyOf, whenEmpty) {
  const lines = new Map();
  const body = h('tbody', { role: 'rowgroup' });
  const empty = h('p', { class: 'empty' }, 'Loading…');
  const box = h('div', { class: 'scroll stacks', tabindex: '0', role: 'region', 'aria-label': caption, hidden: true },
    h('table', { role: 'table' },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map((column) => h('th', { scope: 'col', role: 'columnheader', class: column.right && 'right' }, column.name)))),
      body));

  const begin = () => {
    const cells = columns.map((column, index) => h('td', {
      role: 'cell', class: [column.right && 'right', column.nowrap && 'nowrap', index === 0 && 'first'].filter(Boolean).join(' ') || null, dataset: { name: column.name },
    }));
    return { element: h('tr', { role: 'row' }, cells), cells, isNew: true };
  };

  return {
    element: h('div', null, empty, box),
    set(rows) {
      const keys = new Set(rows.map(keyOf));
      for (const [key, line] of lines) {
        if (keys.has(key)) continue;
        line.element.remove();
        lines.delete(key);
      }

      let place = body.firstElementChild;
      for (const row of rows) {
        const key = keyOf(row);
        const line = lines.get(key) ?? begin();
        lines.set(key, line);
        columns.forEach((column, index) => {
          if (line.isNew || !column.once) refresh(line.cells[index], column.cell(row));
        });
        if (line.element === place) place = place.nextElementSibling;
        else move(body, line.element, place);
        line.isNew = false;
      }

      put(empty, whenEmpty);
      empty.hidden = rows.length > 0;
      box.hidden = rows.length === 0;
    },
  };
}

function refresh(cell, content) {
  const next = put(cell.cloneNode(false), content);
  if (!cell.isEqualNode(next)) cell.replaceChildren(...next.childNodes);
}

// Where the browser can move what is there without taking it out, focus stays.
function move(body, element, place) {
  if (element.isConnected && body.moveBefore) body.moveBefore(element, place);
  else body.insertBefore(element, place);
}
