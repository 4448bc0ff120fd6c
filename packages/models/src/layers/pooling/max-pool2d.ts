import { type Tensor4D, zeros } from '@tensorflow/tfjs-core';
import { gatherWinners, maxPoolWithArgmax, scatterToWinners } from '../../kernels/max-pool.js';
import { expectExampleShape, expectPositiveIntegers, formatBatchShape } from '../../shapes.js';
import type { Layer } from '../../types.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

/** Where each window's maximum stands, and the shape that was pooled. */
export interface MaxPoolCache {
  /** `[batch, height, width, channels]` of the output, int32, 0..size²−1. */
  readonly argmax: Tensor4D;
  readonly inputShape: Tensor4D['shape'];
}

/**
 * The maximum of each `size`×`size` window of `[batch, height, width, channels]`. Windows do not overlap, and rows and
 * columns that fill none are left out, as by PyTorch's `max_pool2d(size)`; of equal maxima the first gets the gradient.
 *
 * @throws RangeError where `size` is not a positive integer.
 */
export function maxPool2d(size: number): Layer<MaxPoolCache> {
  const name = 'maxPool2d';
  expectPositiveIntegers(name, { size });
  const outputShape = (inputShape: readonly number[]) => {
    expectExampleShape(name, inputShape, [undefined, undefined, inputShape[2]], 'It pools images.');
    const [height, width, channels] = inputShape as [number, number, number];
    if (Math.min(height, width) < size) {
      throw new RangeError(
        `${name}: input has shape ${formatBatchShape(inputShape)}; expected height and width of at least ${size}. Take larger images or pool less.`,
      );
    }
    return [Math.floor(height / size), Math.floor(width / size), channels];
  };
  return piecewiseLinear({
    name,
    parameters: [],
    statistics: [],
    outputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward({ statistics }, input) {
      outputShape(input.shape.slice(1));
      const x = input as Tensor4D;
      const { output, argmax } = maxPoolWithArgmax(x, size);
      return { output, cache: { argmax, inputShape: x.shape }, statistics };
    },
    vjp: (_weights, { argmax, inputShape }, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? scatterToWinners(cotangent as Tensor4D, argmax, inputShape, size) : undefined,
    }),
    jvp: (_weights, { argmax }, _parameterTangents, inputTangent) =>
      inputTangent === undefined
        ? zeros(argmax.shape)
        : gatherWinners(inputTangent as Tensor4D, argmax, size),
  });
}
