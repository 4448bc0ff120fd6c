import { checkNoOptions } from '@metadistill/options';
import type { Controller } from '../types.js';

/** No hypergradient at all: the metaparameters stay as they began. */
export function never(...none: []): Controller<null> {
  checkNoOptions('never', none);
  return {
    name: 'never',
    initialize: () => null,
    decide: () => ({ action: 'hold' }),
    observe: (state) => state,
  };
}
