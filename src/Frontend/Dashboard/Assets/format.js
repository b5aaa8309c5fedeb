// Figures as people read them. What is unknown is a dash.

const Unknown = '–';
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A whole number with separators. */
export const count = (value) => (isNone(value) ? Unknown : whole.format(value));

/** A number in little room: 1.2K. */
export const compact = (value) => (isNone(value) ? Unknown : short.format(value));

/** An amount of memory in little room: 1.2 MiB. */
export function bytes(value) {
  if (isNone(value)) return Unknown;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const shown = value / 1024 ** power;
  return `${power === 0 || shown >= 100 ? Math.round(shown) : shown.toFixed(1)} ${units[power]}`;
}

/** US dollars, with as many digits as a small amount needs. */
export function dollars(value) {
  if (isNone(value)) return Unknown;
  const digits = value === 0 || Math.abs(value) >= 1 ? 2 : Math.min(9, 2 - Math.floor(Math.log10(Math.abs(value))));
  return `$${value.toLocaleString('en', { minimumFractionDigits: Math.min(2, digits), maximumFractionDigits: digits })}`;
}

/** Milliseconds as a time a person can compare. */
export function duration(milliseconds) {
  if (isNone(milliseconds)) return Unknown;
  if (milliseconds < 1) return '< 1 ms';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** A share of 0 to 1; a small one with a digit more, so that it is not taken for none. */
export function percent(value) {
  if (isNone(value)) return Unknown;
  const shown = value * 100;
  if (shown > 0 && shown < 0.1) return '< 0.1 %';
  return `${shown.toFixed(shown > 0 && shown < 9.95 && !Number.isInteger(shown) ? 1 : 0)} %`;
}

/** How many of something: "1 call", "2 calls". */
export const counted = (value, noun) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** A moment in the reader's own time zone: the time alone where it is of today. */
export function moment(text) {
  if (isNone(text)) return Unknown;
  const date = new Date(text);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  return date.toDateString() === new Date().toDateString()
    ? time
    : `${date.toLocaleDateString([], { year: 'numeric', month: '2-digit', day: '2-digit' })} ${time}`;
}

/** A word of the API as people write it: `cooling_down` is "cooling down". */
export const words = (text) => (isNone(text) ? Unknown : text.replaceAll('_', ' '));

/** How good an outcome is: the class of its badge. */
export function tone(outcome) {
  if (outcome === 'ok' || outcome === 'completed') return 'good';
  if (outcome === 'cancelled' || outcome === 'running') return '';
  return 'bad';
}

const isNone = (value) => value === null || value === undefined;
