import { clippedRelu } from './clipped-relu.js';
import type { ElementwiseFunction } from './elementwise-function.js';
import { elu } from './elu.js';
import { gelu } from './gelu.js';
import { geluNew } from './gelu-new.js';
import { hardSigmoid } from './hard-sigmoid.js';
import { leakyRelu } from './leaky-relu.js';
import { mish } from './mish.js';
import { selu } from './selu.js';
import { sigmoid } from './sigmoid.js';
import { softplus } from './softplus.js';
import { softsign } from './softsign.js';
import { swish } from './swish.js';
import { tanh } from './tanh.js';
import { thresholdedRelu } from './thresholded-relu.js';

/** Functions without a number of their own. */
export const plainFunctions = {
  elu,
  gelu,
  geluNew,
  hardSigmoid,
  mish,
  relu6: clippedRelu(6),
  selu,
  sigmoid,
  softplus,
  softsign,
  swish,
  tanh,
} satisfies Readonly<Record<string, ElementwiseFunction>>;

/** Functions with a number of their own: its name, its default, the least that it may be, and the function. */
export const numberedFunctions = {
  leakyRelu: { option: 'slope', byDefault: 0.3, least: Number.NEGATIVE_INFINITY, make: leakyRelu },
  thresholdedRelu: { option: 'theta', byDefault: 1, least: 0, make: thresholdedRelu },
  clippedRelu: { option: 'maxValue', byDefault: undefined, least: 0, make: clippedRelu },
} as const;
