export { randomSearch } from './random-search.js';
export type { TrialsState } from './trials.js';
export type * from './types.js';
