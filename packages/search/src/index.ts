export { type GridOptions, grid } from './grid.js';
export { randomSearch } from './random-search.js';
export {
  type SuccessiveHalvingOptions,
  type SuccessiveHalvingState,
  successiveHalving,
} from './successive-halving.js';
export { type TpeOptions, tpe } from './tpe.js';
export type { TrialsState } from './trials.js';
export type * from './types.js';
