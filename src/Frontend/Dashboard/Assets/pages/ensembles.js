// Ensembles: all of them, or one that is made or changed.

import { showEditor } from './ensembles/editor.js';
import { showList } from './ensembles/list.js';

export const show = (root, { rest, search }, signal) => (rest !== '' || search.has('new')
  ? showEditor(root, { name: rest || null, from: search.get('from') }, signal)
  : showList(root, signal));
