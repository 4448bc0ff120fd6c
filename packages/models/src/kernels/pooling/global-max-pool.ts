import { argMax, cast, equal, max, mul, range, reshape, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import { sizeOf } from '../../shapes.js';
import { runFused } from '../run-fused.js';

/**
 * The largest value of each channel of `[batch, ...sides, channels]`, `[batch, channels]`, and where it stands among all
 * positions, int32: the first of equal ones.
 */
export const globalMaxPool = (x: Tensor): { readonly output: Tensor; readonly argmax: Tensor } =>
  scoped(() => {
    const { batch, positions, channels } = sizesOf(x.shape);
    const row = reshape(x, [batch, 1, positions, channels]);
    const fused = runFused('MetadistillMaxPoolWithArgmax', { x: row }, attributesOf(positions));
    if (fused) {
      const [output, argmax] = fused.map((each) => reshape(each, [batch, channels])) as [Tensor, Tensor];
      return { output, argmax };
    }
    const flat = reshape(x, [batch, positions, channels]);
    return { output: max(flat, 1), argmax: argMax(flat, 1) };
  });

/** `dy` at each winner and zeros elsewhere, in `inputShape`. */
export const scatterToLargest = (dy: Tensor, argmax: Tensor, inputShape: readonly number[]): Tensor =>
  tidy(() => {
    const { batch, positions, channels } = sizesOf(inputShape);
    const inputs = { dy: asPixel(dy), argmax: asPixel(argmax) };
    const attributes = { ...attributesOf(positions), inputShape: [batch, 1, positions, channels] };
    const fused = runFused('MetadistillMaxPoolScatter', inputs, attributes);
    const dx = fused?.[0] ?? mul(reshape(dy, [batch, 1, channels]), isLargest(argmax, positions));
    return reshape(dx, [...inputShape]);
  });

/** The values of `[batch, ...sides, channels]` at the winners, `[batch, channels]`. */
export const gatherLargest = (dx: Tensor, argmax: Tensor): Tensor =>
  tidy(() => {
    const { batch, positions, channels } = sizesOf(dx.shape);
    const inputs = { dx: reshape(dx, [batch, 1, positions, channels]), argmax: asPixel(argmax) };
    const fused = runFused('MetadistillMaxPoolGather', inputs, attributesOf(positions));
    if (fused) return reshape(fused[0]!, [batch, channels]);
    return sum(mul(reshape(dx, [batch, positions, channels]), isLargest(argmax, positions)), 1);
  });

const sizesOf = (shape: readonly number[]) => ({
  batch: shape[0]!,
  positions: sizeOf(shape.slice(1, -1)),
  channels: shape.at(-1)!,
});

/** One window over all positions in a row. */
const attributesOf = (positions: number) => ({ filterSize: [1, positions], strides: [1, 1], pad: 'valid' });

const asPixel = (x: Tensor): Tensor => reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);

/** 1 at each winner, 0 elsewhere: `[batch, positions, channels]`. */
function isLargest(argmax: Tensor, positions: number): Tensor {
  const [batch, channels] = argmax.shape as [number, number];
  const numbers = reshape(range(0, positions, 1, 'int32'), [1, positions, 1]);
  return cast(equal(reshape(argmax, [batch, 1, channels]), numbers), 'float32');
}
