import { checkOptions } from '@metadistill/options';
import { type Tensor4D, zeros } from '@tensorflow/tfjs-core';
import { gatherWinners, maxPoolWithArgmax, scatterToWinners } from '../../kernels/max-pool.js';
import { expectExampleShape, expectPositiveIntegers, formatBatchShape } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

export interface MaxPool2dOptions extends LayerOptions {
  /** Side of the square windows. */
  readonly poolSize: number;
}

/**
 * The maximum of each `poolSize`×`poolSize` window of `[batch, height, width, channels]`. Windows do not overlap, and rows and
 * columns that fill none are left out, as by PyTorch's `max_pool2d(poolSize)`; of equal maxima the first gets the gradient.
 *
 * @throws RangeError if `poolSize` is not a positive integer.
 */
export function maxPool2d(options: MaxPool2dOptions): Layer<OpaqueCache<'maxPool2d'>> {
  checkOptions('maxPool2d', options, { poolSize: true, name: true });
  const { poolSize, name = 'maxPool2d' } = options;
  expectPositiveIntegers(name, { poolSize });
  const outputShape = (inputShape: readonly number[]) => {
    expectExampleShape(name, inputShape, [undefined, undefined, inputShape[2]], 'It pools images.');
    const [height, width, channels] = inputShape as [number, number, number];
    if (Math.min(height, width) < poolSize) {
      throw new RangeError(
        `${name}: input has shape ${formatBatchShape(inputShape)}; expected height and width of at least ${poolSize}. Take larger images or pool less.`,
      );
    }
    return [Math.floor(height / poolSize), Math.floor(width / poolSize), channels];
  };
  return opaque(
    piecewiseLinear({
      name,
      parameters: [],
      statistics: [],
      outputShape,
      initialize: () => ({ parameters: [], statistics: [] }),
      forward({ statistics }, input) {
        outputShape(input.shape.slice(1));
        const x = input as Tensor4D;
        const { output, argmax } = maxPoolWithArgmax(x, poolSize);
        return { output, cache: { argmax, inputShape: x.shape }, statistics };
      },
      vjp: (_weights, { argmax, inputShape }, cotangent, wantInput) => ({
        parameters: [],
        input: wantInput ? scatterToWinners(cotangent as Tensor4D, argmax, inputShape, poolSize) : undefined,
      }),
      jvp: (_weights, { argmax }, _parameterTangents, inputTangent) =>
        inputTangent === undefined
          ? zeros(argmax.shape)
          : gatherWinners(inputTangent as Tensor4D, argmax, poolSize),
    }),
  );
}
