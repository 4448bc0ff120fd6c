import type { Controller } from '../types.js';

/** No hypergradient at all: the metaparameters stay as they began. */
export const never = (): Controller<null> => ({
  name: 'never',
  initialize: () => null,
  decide: () => ({ action: 'hold' }),
  observe: (state) => state,
});
