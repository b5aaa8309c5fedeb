// Runs: one of them, or those that are looked for.

import { showRun } from './runs/run.js';
import { showSearch } from './runs/search.js';

export const show = (root, { rest, search }, signal) => (rest === '' ? showSearch(root, search, signal) : showRun(root, rest, signal));
