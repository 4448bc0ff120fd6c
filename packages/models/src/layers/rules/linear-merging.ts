import type { MergingLayer } from '../../types.js';

/**
 * Adds the second order of a merging layer without parameters whose Jacobian does not move with its inputs, kinks aside:
 * `piecewiseLinear` of several inputs.
 */
export const linearMerging = <Cache>(
  layer: Omit<MergingLayer<Cache>, 'secondOrder'>,
): MergingLayer<Cache> => ({
  ...layer,
  secondOrder: (weights, cache, cotangent, wantInputs) => ({
    ...layer.vjp(weights, cache, cotangent, wantInputs),
    along: (parameterTangents, inputTangents) => ({
      output: layer.jvp(weights, cache, parameterTangents, inputTangents),
      pullBack: (cotangentTangent) => layer.vjp(weights, cache, cotangentTangent, wantInputs),
    }),
  }),
});
