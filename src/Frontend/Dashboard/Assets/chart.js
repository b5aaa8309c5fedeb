// Small charts of figures over time, drawn to the width they have.

import { h, put, svg } from './dom.js';
import { table } from './ui.js';

const Width = 600;
const Height = 160;
const WidestBar = 48;

/**
 * A chart. Pointing at a place shows its figures; all of them can be opened as a table.
 * @param {string} title
 * @param {string[]} labels of the places from left to right.
 * @param {{name: string, color: string, values: (number|null)[], kind?: 'line'|'bar'}[]} series `color` is one of series-1 … series-4, series-bad.
 * @param {(value: number) => string} format
 * @param {number} [most] the top of the scale; the largest value where absent.
 */
export function chart(title, labels, series, format, most) {
  const known = series.flatMap((one) => one.values.filter((value) => value !== null));
  const top = most ?? Math.max(0, ...known);
  const x = (index) => ((index + 0.5) * Width) / labels.length;
  const y = (value) => Height - (top === 0 ? 0 : (value / top) * (Height - 4));
  const reading = h('span', { class: 'reading', 'aria-hidden': 'true' });
  const mark = svg('line', { class: 'mark', y1: 0, y2: Height, visibility: 'hidden' });
  const drawing = svg('svg', { viewBox: `0 0 ${Width} ${Height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title}: ${summary(series, format)}` },
    [0, 0.5, 1].map((share) => svg('line', { class: 'axis', x1: 0, x2: Width, y1: y(top * share), y2: y(top * share) })),
    series.map((one) => (one.kind === 'bar' ? bars(one, labels.length, x, y) : line(one, x, y))), mark);

  drawing.addEventListener('pointermove', (event) => {
    const box = drawing.getBoundingClientRect();
    const index = Math.min(labels.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * labels.length)));
    mark.setAttribute('x1', x(index));
    mark.setAttribute('x2', x(index));
    mark.setAttribute('visibility', 'visible');
    put(reading, `${labels[index]}: ${series.map((one) => `${one.name} ${format(one.values[index])}`).join(', ')}`);
  });
  drawing.addEventListener('pointerleave', () => {
    mark.setAttribute('visibility', 'hidden');
    put(reading);
  });

  return h('figure', { class: 'chart stack' },
    h('figcaption', { class: 'panel-head' },
      h('h2', null, title),
      h('div', { class: 'legend' }, series.map((one) => h('span', null, h('span', { class: `swatch ${one.color}` }), one.name)))),
    h('div', null,
      h('div', { class: 'scale' }, h('span', null, known.length === 0 ? 'No figures in this range' : format(top)), reading),
      drawing,
      h('div', { class: 'scale' }, [0, Math.floor(labels.length / 2), labels.length - 1].filter((index, place, all) => index >= 0 && all.indexOf(index) === place)
        .map((index) => h('span', null, labels[index])))),
    asTable(title, labels, series, format));
}

// Its rows are made when somebody wants them.
function asTable(title, labels, series, format) {
  const details = h('details', { class: 'small' }, h('summary', null, 'As a table', h('span', { class: 'visually-hidden' }, `: ${title}`)));
  details.addEventListener('toggle', () => {
    details.lastElementChild.localName !== 'summary' && details.lastElementChild.remove();
    if (!details.open) return;
    const columns = [
      { name: 'Time', nowrap: true, cell: (index) => labels[index] },
      ...series.map((one) => ({ name: one.name, right: true, cell: (index) => format(one.values[index]) })),
    ];
    details.append(h('div', { class: 'limited' }, table(title, columns, [...labels.keys()].reverse(), 'There are no figures.')));
  });
  return details;
}

function bars(one, length, x, y) {
  const width = Math.min(WidestBar, Math.max(1, (Width / length) * 0.7));
  return svg('g', { class: one.color }, one.values.map((value, index) => value !== null && value > 0
    && svg('rect', { class: 'series-bar', x: x(index) - width / 2, y: y(value), width, height: Height - y(value) })));
}

// A place without a value is a gap in the line; a value alone between two gaps is a dot.
function line(one, x, y) {
  const parts = [];
  let current = [];
  one.values.forEach((value, index) => {
    if (value === null) {
      if (current.length > 0) parts.push(current);
      current = [];
    } else {
      current.push([x(index), y(value)]);
    }
  });
  if (current.length > 0) parts.push(current);
  // A dot is a line of no length with round ends: those stay round however wide the drawing is stretched.
  return svg('g', { class: one.color }, parts.map((part) => svg('polyline', {
    class: part.length === 1 ? 'series-dot' : 'series-line',
    points: (part.length === 1 ? [part[0], part[0]] : part).map((point) => point.map((value) => value.toFixed(1)).join(',')).join(' '),
  })));
}

const summary = (series, format) => series.map((one) => {
  const known = one.values.filter((value) => value !== null);
  return known.length === 0 ? `${one.name} has no values` : `${one.name} from ${format(Math.min(...known))} to ${format(Math.max(...known))}, last ${format(known.at(-1))}`;
}).join('; ');
