import { put } from '../dom.js';
import { head } from '../ui.js';

export function show(root) {
  put(root, head('Runs'));
}
