// An entry that is being edited. What no field of the form shows stays in it as it is.

/** The parts of a path: `ensemble.panel[0].model` is ensemble, panel, 0, model; a quoted part may hold anything. */
export const parts = (path) => [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)]
  .map(([, quoted, index, name]) => (quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : index !== undefined ? Number(index) : name));

export class Draft {
  constructor(entry) {
    this.entry = structuredClone(entry);
    // The short form says the mode alone.
    const block = this.entry.ensemble;
    if (typeof block?.tools === 'string') block.tools = { mode: block.tools };
  }

  get(path) {
    return parts(path).reduce((value, part) => value?.[part], this.entry);
  }

  /** Sets a value; undefined takes it away, and blocks that have nothing else with it. */
  set(path, value) {
    put(this.entry, parts(path), value);
  }
}

function put(holder, [part, ...rest], value) {
  if (rest.length === 0) {
    if (value === undefined && !Array.isArray(holder)) delete holder[part];
    else holder[part] = value === undefined ? '' : value;
    return;
  }
  if (holder[part] === undefined || holder[part] === null || typeof holder[part] !== 'object') {
    if (value === undefined) return;
    holder[part] = typeof rest[0] === 'number' ? [] : {};
  }
  put(holder[part], rest, value);
  // Members of a list stay where they are, and so does the block that makes the entry an ensemble.
  if (value === undefined && !Array.isArray(holder) && part !== 'ensemble' && Object.keys(holder[part]).length === 0 && !Array.isArray(holder[part])) delete holder[part];
}

const number = (text) => (text === '' ? undefined : Number.isFinite(Number(text)) ? Number(text) : text);
const list = (text) => text.split(',').map((one) => one.trim()).filter(Boolean);

/** What a control says, by its kind. A number that is none stays the text it is, and the gateway says what is wrong with it. */
export const Read = {
  number: (text) => number(text.trim()),
  'number or all': (text) => number(text.trim()),
  'number or none': (text) => (text.trim() === 'none' ? null : number(text.trim())),
  text: (text) => (text === '' ? undefined : text),
  area: (text) => (text === '' ? undefined : text),
  words: (text) => (list(text).length === 0 ? undefined : list(text)),
  rungs: (text) => (text.trim() === '' ? undefined : text.split('\n').filter((line) => line.trim() !== '').map(list)),
  'yes or no': (text) => ({ yes: true, no: false }[text]),
  switch: (isOn) => isOn || undefined,
};

/** The same the other way. */
export const Write = {
  'number or none': (value) => (value === null ? 'none' : value ?? ''),
  words: (value) => (Array.isArray(value) ? value.join(', ') : value ?? ''),
  rungs: (value) => (Array.isArray(value) ? value.map((rung) => [rung].flat().join(', ')).join('\n') : value ?? ''),
  'yes or no': (value) => ({ true: 'yes', false: 'no' }[value] ?? ''),
};
