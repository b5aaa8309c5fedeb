// What the catalog has, read over the admin endpoints.

import { ask, query } from './api.js';

/** As many entries are read one by one at most; of more only the names are known. */
const MostEntries = 400;
const SideBySide = 6;

/** The address of an entry of `models` or `keys`. Slashes of its name stand as they are. */
export const entryAddress = (name, list = 'models') => `/admin/${list}/${name.split('/').map(encodeURIComponent).join('/')}`;

/** Every `{name, kind, version}` of a list: `models` or `keys`. */
export async function heads(list, signal) {
  const all = [];
  for (let page = { has_more: true }; page.has_more;) {
    page = await ask(`/admin/${list}${query({ limit: 1000, after: all.at(-1)?.name })}`, { signal });
    all.push(...page.data);
  }
  return all;
}

/** The models' and ensembles' entries of these names, in their order. One that has gone meanwhile is left out. */
export async function entries(names, signal) {
  return (await readEach(names, 'models', signal)).map((read) => read.entry);
}

/** What the endpoints say of each of these names of a list, with versions, in their order. One that has gone meanwhile is left out. */
export async function readEach(names, list, signal) {
  const found = new Array(names.length);
  let next = 0;
  const work = async () => {
    while (next < names.length) {
      const index = next++;
      try {
        found[index] = await ask(entryAddress(names[index], list), { signal });
      } catch (error) {
        if (error.status !== 404) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: SideBySide }, work));
  return found.filter(Boolean);
}

/**
 * The models by what they can do, as `{chat, embedding, ensembles}`: names. Where there are very many, `chat` has the embedding models too.
 */
export async function models(signal) {
  const all = await heads('models', signal);
  const direct = all.filter((head) => head.kind === 'direct').map((head) => head.name);
  const known = direct.length <= MostEntries ? await entries(direct, signal) : [];
  const embedding = known.filter((entry) => entry.kind === 'embedding').map((entry) => entry.display_name);
  return {
    chat: direct.filter((name) => !embedding.includes(name)),
    embedding: known.length > 0 ? embedding : direct,
    ensembles: all.filter((head) => head.kind === 'ensemble').map((head) => head.name),
  };
}
