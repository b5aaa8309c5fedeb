// The parts of Markdown that models write, as elements. No text is ever read as markup, so that an answer cannot bring in a script.

import { h } from './dom.js';

const Block = {
  fence: /^ {0,3}(```+|~~~+)\s*([\w+#.-]*)/,
  heading: /^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$/,
  rule: /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/,
  bullet: /^\s*[-*+]\s+(.*)$/,
  number: /^\s*\d{1,9}[.)]\s+(.*)$/,
  quote: /^ {0,3}>\s?(.*)$/,
  row: /^\s*\|.*\|\s*$/,
};

/** @returns {Node[]} the text's blocks. */
export function markdown(text) {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks = [];
  let at = 0;
  const take = (pattern) => {
    const taken = [];
    for (let match; at < lines.length && (match = lines[at].match(pattern)); at++) taken.push(match[1] ?? match[0]);
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at];
    let match;
    if (line.trim() === '') {
      at++;
    } else if ((match = line.match(Block.fence))) {
      const code = [];
      for (at++; at < lines.length && !lines[at].trimStart().startsWith(match[1]); at++) code.push(lines[at]);
      at++;
      blocks.push(h('pre', { tabindex: '0', 'aria-label': match[2] ? `Code: ${match[2]}` : 'Code' }, h('code', null, code.join('\n'))));
    } else if ((match = line.match(Block.heading))) {
      // The page has its own headings: those of an answer are only strong.
      blocks.push(h('p', { class: 'strong' }, inline(match[2])));
      at++;
    } else if (Block.rule.test(line)) {
      blocks.push(h('hr'));
      at++;
    } else if (Block.bullet.test(line)) {
      blocks.push(h('ul', null, take(Block.bullet).map((item) => h('li', null, inline(item)))));
    } else if (Block.number.test(line)) {
      const start = Number.parseInt(line, 10);
      blocks.push(h('ol', { start: start === 1 ? null : start }, take(Block.number).map((item) => h('li', null, inline(item)))));
    } else if (Block.quote.test(line)) {
      blocks.push(h('blockquote', null, markdown(take(Block.quote).join('\n'))));
    } else if (Block.row.test(line) && /^[\s|:-]+$/.test(lines[at + 1] ?? '')) {
      blocks.push(rows(take(Block.row)));
    } else {
      const words = [];
      for (; at < lines.length && lines[at].trim() !== '' && (words.length === 0 || !opens(lines[at])); at++) words.push(lines[at]);
      blocks.push(h('p', { class: 'text' }, inline(words.join('\n'))));
    }
  }
  return blocks;
}

const opens = (line) => [Block.fence, Block.heading, Block.bullet, Block.number, Block.quote].some((pattern) => pattern.test(line));

function rows([first, , ...rest]) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim());
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' }, h('table', null,
    h('thead', null, h('tr', null, cells(first).map((cell) => h('th', { scope: 'col' }, inline(cell))))),
    h('tbody', null, rest.map((line) => h('tr', null, cells(line).map((cell) => h('td', null, inline(cell))))))));
}

/** Code first, so that nothing in it is read; then links, strong and emphasised text. */
const Span = /`([^`\n]+)`|\[([^\]\n]{1,500})\]\((https?:\/\/[^\s()<>]{1,2000})\)|\*\*([^*\n]+)\*\*|\*([^*\s][^*\n]*)\*/g;

function inline(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(Span)) {
    parts.push(text.slice(from, match.index));
    const [whole, code, name, address, strong, emphasis] = match;
    if (code !== undefined) parts.push(h('code', null, code));
    else if (address !== undefined) parts.push(h('a', { href: address, rel: 'noopener noreferrer nofollow', target: '_blank' }, name));
    else if (strong !== undefined) parts.push(h('strong', null, inline(strong)));
    else parts.push(h('em', null, emphasis));
    from = match.index + whole.length;
  }
  parts.push(text.slice(from));
  return parts;
}
