import { checkOptions, describeValue } from '@metadistill/options';
import { add, mul, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

export interface RescalingOptions extends LayerOptions {
  /** What inputs are multiplied by, such as 1 / 255. */
  readonly scale: number;
  /** What is added then. Default: 0. */
  readonly offset?: number;
}

/**
 * y = scale · x + offset, of any shape.
 *
 * @throws RangeError if a number is not finite.
 */
export function rescaling(options: RescalingOptions): Layer<OpaqueCache<'rescaling'>> {
  checkOptions('rescaling', options, { scale: true, offset: true, name: true });
  const { scale, offset = 0, name = 'rescaling' } = options;
  for (const [option, value] of Object.entries({ scale, offset })) {
    if (Number.isFinite(value)) continue;
    throw new RangeError(`${name}: ${option} is ${describeValue(value)}; expected a finite number.`);
  }
  return opaque({
    ...piecewiseLinear<readonly number[]>({
      name,
      parameters: [],
      statistics: [],
      outputShape: (inputShape) => inputShape,
      initialize: () => ({ parameters: [], statistics: [] }),
      forward: ({ statistics }, input) => ({
        output: tidy(() => add(mul(input, scale), offset)),
        cache: input.shape,
        statistics,
      }),
      vjp: (_weights, _shape, cotangent, wantInput) => ({
        parameters: [],
        input: wantInput ? mul(cotangent, scale) : undefined,
      }),
      jvp: (_weights, shape, _parameterTangents, inputTangent) =>
        inputTangent === undefined ? zeros([...shape]) : mul(inputTangent, scale),
    }),
    keras: () => ({ factory: 'rescaling', config: { scale, offset } }),
  });
}
