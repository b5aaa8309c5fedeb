// Small charts of figures over time, drawn to the width they have.

import { h, svg } from './dom.js';

const Width = 600;
const Height = 160;

/**
 * A chart. What it shows can be read as a table by those who cannot see it.
 * @param {string} title
 * @param {string[]} labels of the places from left to right.
 * @param {{name: string, color: string, values: (number|null)[], kind?: 'line'|'bar'}[]} series `color` is one of series-1 … series-4, series-bad.
 * @param {(value: number) => string} format
 * @param {number} [most] the top of the scale; the largest value where absent.
 */
export function chart(title, labels, series, format, most) {
  const top = most ?? Math.max(0, ...series.flatMap((one) => one.values.filter((value) => value !== null)));
  const x = (index) => (labels.length === 1 ? Width / 2 : ((index + 0.5) * Width) / labels.length);
  const y = (value) => Height - (top === 0 ? 0 : (value / top) * (Height - 4));
  return h('figure', { class: 'chart stack' },
    h('figcaption', { class: 'panel-head' },
      h('h2', null, title),
      h('div', { class: 'legend' }, series.map((one) => h('span', null, h('span', { class: `swatch ${one.color}` }), one.name)))),
    h('div', null,
      h('div', { class: 'scale' }, h('span', null, format(top))),
      svg('svg', { viewBox: `0 0 ${Width} ${Height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title}: ${summary(labels, series, format)}` },
        [0, 0.5, 1].map((share) => svg('line', { class: 'axis', x1: 0, x2: Width, y1: y(top * share), y2: y(top * share) })),
        series.map((one) => (one.kind === 'bar' ? bars(one, labels.length, x, y) : line(one, x, y)))),
      h('div', { class: 'scale' }, h('span', null, labels[0] ?? ''), h('span', null, labels.length > 1 ? labels.at(-1) : ''))));
}

function bars(one, length, x, y) {
  const width = Math.max(1, (Width / length) * 0.7);
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
  return svg('g', { class: one.color }, parts.map((part) => (part.length === 1
    ? svg('ellipse', { class: 'series-dot', cx: part[0][0], cy: part[0][1], rx: 4, ry: 4 })
    : svg('polyline', { class: 'series-line', points: part.map((point) => point.map((value) => value.toFixed(1)).join(',')).join(' ') }))));
}

const summary = (labels, series, format) => series.map((one) => {
  const known = one.values.filter((value) => value !== null);
  return known.length === 0 ? `${one.name} has no values` : `${one.name} from ${format(Math.min(...known))} to ${format(Math.max(...known))}, last ${format(known.at(-1))}`;
}).join('; ');
