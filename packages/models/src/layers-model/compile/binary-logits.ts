import { pad, slice } from '@tensorflow/tfjs-core';
import { linear } from '../../layers/rules/linear.js';
import type { Layer } from '../../types.js';

/** The logit z of a sigmoid, `[batch, 1]`, as those of two classes, [0, z]: softmax gives the second the sigmoid of z. */
export const binaryLogits = (name: string): Layer =>
  linear({
    name,
    outputShape: () => [2],
    apply: (z) =>
      pad(z, [
        [0, 0],
        [1, 0],
      ]),
    transpose: (cotangent) => slice(cotangent, [0, 1], [-1, 1]),
  });
