import type { Study } from './study.js';

/** What `distil` should do if it is told nothing: how recipes that need no sweep compare with the best constant. */
export const defaults: Study = {
  name: 'defaults',
  description: 'recipes that need no sweep against a grid of constants, on six tasks with three optimizers',
  starts: 3,
  async load() {
    const [{ parts }, { render }] = await Promise.all([
      import('./defaults/parts.js'),
      import('./defaults/render.js'),
    ]);
    return { parts, render, rendersPartially: true };
  },
};
