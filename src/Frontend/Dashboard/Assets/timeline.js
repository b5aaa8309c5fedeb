// Groups by hour or day, laid out on an axis without gaps.

const Hour = 3600000;
const Day = 24 * Hour;

/** The ranges that can be chosen. Hours up to 7 days, days above. */
export const Ranges = [
  { name: '1h', title: '1 h', length: Hour, unit: 'hour' },
  { name: '24h', title: '24 h', length: Day, unit: 'hour' },
  { name: '7d', title: '7 d', length: 7 * Day, unit: 'hour' },
  { name: '30d', title: '30 d', length: 30 * Day, unit: 'day' },
];

/** The range of this name; 24 hours where there is none such. */
export const rangeOf = (name) => Ranges.find((range) => range.name === name) ?? Ranges.find((range) => range.name === '24h');

/** Where the axis begins: the first whole hour, or day in UTC, of the range. A range of one alone begins with the one before, else nothing would be seen of it. */
export function axisStart(range, now) {
  const start = (now - range.length) / step(range);
  return new Date((range.length > step(range) ? Math.ceil(start) : Math.floor(start)) * step(range));
}

/**
 * The hours or days from `from` to `to`, and the groups that lie in them.
 * @param {{unit: 'hour'|'day'}} range
 * @param {Date} from the start of an hour or day.
 * @param {Date} to
 * @param {object[]} groups with `hour` or `day`.
 * @returns {{labels: string[], values: (figure: (group) => number|null, whenNone: number|null) => (number|null)[]}}
 */
export function timeline(range, from, to, groups) {
  const byStart = new Map(groups.map((group) => [new Date(group[range.unit]).getTime(), group]));
  const starts = [];
  for (let start = from.getTime(); start < to.getTime(); start += step(range)) starts.push(start);
  return {
    labels: starts.map((start) => label(range, start)),
    values: (figure, whenNone) => starts.map((start) => (byStart.has(start) ? figure(byStart.get(start)) : whenNone)),
  };
}

const step = (range) => (range.unit === 'day' ? Day : Hour);

// Hours begin in the reader's time zone too; days are those of UTC, as they are summed up.
const label = (range, start) => new Date(start).toLocaleString([], range.unit === 'day'
  ? { day: 'numeric', month: 'short', timeZone: 'UTC' }
  : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false });
