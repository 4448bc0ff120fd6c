import type { Study } from './study.js';

/** Where tuning wins: many dials of trust, if sources of targets differ in where they are right. */
export const manyDials: Study = {
  name: 'many-dials',
  description:
    'trust in labels and teachers by the class that they say, tuned, against constants and counting',
  starts: 5,
  async load() {
    const [{ parts }, { render }] = await Promise.all([
      import('./many-dials/parts.js'),
      import('./many-dials/render.js'),
    ]);
    return { parts, render, rendersPartially: true };
  },
};
