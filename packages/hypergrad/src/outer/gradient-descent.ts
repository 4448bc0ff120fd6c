import type { OuterOptimizer } from '../types.js';

/**
 * Gradient descent on the metaparameters, λ − η clip(h), each component of h clipped to ±`clipValue` first.
 *
 * The paper moves its metaparameters this way with `clipValue` 0.01: with η = 0.1 no step is longer than 0.001.
 *
 * @param options.learningRate η > 0.
 * @param options.clipValue positive; default no clipping.
 */
export function gradientDescent(options: {
  readonly learningRate: number;
  readonly clipValue?: number;
}): OuterOptimizer<null> {
  const { learningRate, clipValue = Number.POSITIVE_INFINITY } = options;
  for (const [name, value] of Object.entries({ learningRate, clipValue })) {
    if (!(value > 0))
      throw new RangeError(`gradientDescent: ${name} is ${value}; expected a positive number.`);
  }
  return {
    name: 'gradientDescent',
    initialize: () => null,
    update: (metaparameters, gradient, state) => ({
      metaparameters: metaparameters.map(
        (value, j) => value - learningRate * Math.max(-clipValue, Math.min(clipValue, gradient[j] as number)),
      ),
      state,
    }),
  };
}
