import type { Controller } from '../types.js';

/** A hypergradient every iteration: the paper's gradient-based optimisation. */
export const always = (): Controller<null> => ({
  name: 'always',
  initialize: () => null,
  decide: () => ({ action: 'gradient' }),
  observe: (state) => state,
});
