// The frame around the pages: which one is shown, who has signed in, light or dark.

import { ask, whenSignedOut } from './api.js';
import { h, put } from './dom.js';
import { field, problem } from './ui.js';

// A page is a module with `show(root, params, signal)`: it puts itself into root, and ends what it began when the signal is aborted.
const Pages = {
  overview: ['Overview', () => import('./pages/overview.js')],
  runs: ['Runs', () => import('./pages/runs.js')],
  models: ['Models', () => import('./pages/models.js')],
  ensembles: ['Ensembles', () => import('./pages/ensembles.js')],
  keys: ['Keys', () => import('./pages/keys.js')],
  cluster: ['Cluster', () => import('./pages/cluster.js')],
  playground: ['Playground', () => import('./pages/playground.js')],
};

const main = document.getElementById('main');
const nav = document.getElementById('nav');
const signOut = document.getElementById('sign-out');
let leaving = new AbortController();

/** `#/runs/abc?outcome=failed` is the page runs, the rest abc, and its parameters. */
function readAddress() {
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [page, ...rest] = path.split('/');
  return { page: Object.hasOwn(Pages, page) ? page : 'overview', rest: decodeURIComponent(rest.join('/')), search: new URLSearchParams(search ?? '') };
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const address = readAddress();
  const [title, load] = Pages[address.page];
  document.title = `${title} · Ensemble`;
  for (const link of nav.children) {
    if (link.dataset.page === address.page) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else {
      link.removeAttribute('aria-current');
    }
  }

  try {
    const session = await ask('/dashboard/session');
    signOut.hidden = !(session.needs_key && session.open);
    if (!session.open) {
      put(main, session.needs_key ? signInForm() : farAway());
      main.querySelector('input')?.focus();
      return;
    }

    const page = await load();
    if (signal.aborted) return;
    const root = h('div', { class: 'stack page' });
    put(main, root);
    await page.show(root, address, signal);
    if (!signal.aborted && (document.activeElement === document.body || nav.contains(document.activeElement))) root.querySelector('h1')?.focus({ preventScroll: true });
  } catch (error) {
    if (error.name !== 'AbortError' && !signal.aborted) put(main, h('h1', null, title), problem(error));
  }
}

function signInForm() {
  const key = field('Admin key', h('input', { type: 'password', autocomplete: 'current-password', required: true, name: 'key' }), 'The one of the option Admin:Key.');
  const button = h('button', { class: 'primary' }, 'Sign in');
  return h('form', {
    class: 'panel stack sign-in',
    async onsubmit(event) {
      event.preventDefault();
      button.disabled = true;
      key.set(null);
      try {
        await ask('/dashboard/session', { method: 'POST', body: { key: key.control.value } });
        await show();
      } catch (error) {
        key.set(error.message);
        key.control.focus();
        key.control.select();
      } finally {
        button.disabled = false;
      }
    },
  }, h('h1', null, 'Sign in'), key.element, button);
}

const farAway = () => h('div', { class: 'stack' },
  h('h1', null, 'Not from here'),
  h('p', { class: 'note' }, 'No admin key is set, so only the machine on which the gateway runs is served. Set the option Admin:Key, and sign in with it.'));

function followTheme() {
  const root = document.documentElement;
  const button = document.getElementById('theme');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
  const label = () => put(button, isDark() ? 'Light colours' : 'Dark colours');
  const kept = localStorage.getItem('theme');
  if (kept === 'light' || kept === 'dark') root.dataset.theme = kept;
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    localStorage.setItem('theme', root.dataset.theme);
    label();
  });
  dark.addEventListener('change', label);
  label();
}

put(nav, Object.entries(Pages).map(([name, [title]]) => h('a', { href: `#/${name}`, dataset: { page: name } }, title)));
signOut.addEventListener('click', async () => {
  await ask('/dashboard/session', { method: 'DELETE' });
  await show();
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
whenSignedOut.addEventListener('signed-out', show);
addEventListener('hashchange', show);
followTheme();
show();
