import { checkNoOptions } from '@metadistill/options';
import type { Controller } from '../types.js';

/** A hypergradient every iteration: the paper's gradient-based optimisation. */
export function always(...none: []): Controller<null> {
  checkNoOptions('always', none);
  return {
    name: 'always',
    initialize: () => null,
    decide: () => ({ action: 'gradient' }),
    observe: (state) => state,
  };
}
