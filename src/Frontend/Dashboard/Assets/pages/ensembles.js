// Ensembles: all of them, one that is made or changed, or what one is worth.

import { showEditor } from './ensembles/editor.js';
import { showList } from './ensembles/list.js';
import { showValue } from './ensembles/value.js';

export const show = (root, { rest, search }, signal) => (rest !== '' && search.has('value')
  ? showValue(root, rest, search.get('range'), signal)
  : rest !== '' || search.has('new')
  ? showEditor(root, { name: rest || null, from: search.get('from') }, signal)
  : showList(root, signal));
