import type { Layer } from '../../types.js';

/**
 * Adds the second order of a layer without parameters whose Jacobian does not move with its input, kinks aside: what
 * happens to cotangents happens to their tangents.
 */
export const piecewiseLinear = <Cache>(layer: Omit<Layer<Cache>, 'secondOrder'>): Layer<Cache> => ({
  ...layer,
  secondOrder: (weights, cache, cotangent, wantInput) => ({
    ...layer.vjp(weights, cache, cotangent, wantInput),
    along: (parameterTangents, inputTangent) => ({
      output: layer.jvp(weights, cache, parameterTangents, inputTangent),
      pullBack: (cotangentTangent) => layer.vjp(weights, cache, cotangentTangent, wantInput),
    }),
  }),
});
