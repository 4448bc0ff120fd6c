import type { Study } from './study.js';

/** How well metaparameters can be predicted, and what predictions are worth in training. */
export const trajectories: Study = {
  name: 'trajectories',
  description: 'every predictor on recorded trajectories and in training, and controllers at equal cost',
  starts: 100,
  async load() {
    const [{ parts }, { render }] = await Promise.all([
      import('./trajectories/parts.js'),
      import('./trajectories/render.js'),
    ]);
    return { parts, render };
  },
};
