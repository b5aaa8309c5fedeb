// What is said on a gateway that has not run anything yet.

import { ask } from './api.js';
import { h } from './dom.js';
import { copyable } from './ui.js';

/** What to do first: a line for a shell with an alias of this gateway, and the playground. */
export async function firstSteps(signal) {
  const [models, keys] = await Promise.all([ask('/admin/models?limit=1000', { signal }), ask('/admin/keys?limit=1', { signal })]);
  const alias = models.data.find((entry) => entry.kind === 'ensemble') ?? models.data[0];
  const lines = [
    `curl ${location.origin}/v1/chat/completions \\`,
    ...(keys.data.length > 0 ? ["  -H 'Authorization: Bearer YOUR_KEY' \\"] : []),
    "  -H 'Content-Type: application/json' \\",
    `  -d '{"model": "${alias?.name ?? 'MODEL'}", "messages": [{"role": "user", "content": "What is 17 * 23?"}]}'`,
  ];
  return h('section', { class: 'panel stack' },
    h('h2', null, 'Nothing has been asked yet'),
    h('p', null, 'Ask in the ', h('a', { href: '#/playground' }, 'playground'), ', or from a shell. The figures on this page come by themselves.'),
    copyable(lines.join('\n'), 'the command'));
}
