import { clone, dropout as drop, mul, onesLike, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { piecewiseLinear } from '../../layers/rules/piecewise-linear.js';
import { scoped } from '../../scoped.js';
import type { Layer } from '../../types.js';
import type { SeededLayer } from '../dropout-masks.js';
import type { Compile } from './types.js';

/** What a pass keeps: a mask, whose entries are 0 or 1 / (1 − rate), or the input of a pass that drops nothing. */
interface DropoutCache {
  readonly mask?: Tensor;
  readonly input: Tensor;
}

/** `dropout` and `spatialDropout1d`: y = m ∘ x with the mask of `tf.dropout` from the layer's seed, in training. */
export const compileDropout: Compile = ({ name, layer, config }) => {
  const { rate } = config as { rate: number };
  const isSpatial = layer.getClassName() === 'SpatialDropout1D';
  const noiseShape = (config.noiseShape as (number | null)[] | null | undefined) ?? undefined;
  const shapeOf = ({ shape }: Tensor): number[] => {
    if (isSpatial) return [shape[0]!, 1, shape[2]!];
    return noiseShape ? noiseShape.map((length, axis) => length ?? shape[axis]!) : shape;
  };
  const maskOf = (input: Tensor): Tensor =>
    tidy(() => drop(onesLike(input), rate, shapeOf(input), (layer as SeededLayer).seed ?? undefined));
  const masked = (x: Tensor, { mask }: DropoutCache): Tensor => (mask ? mul(x, mask) : clone(x));
  const dropping: Layer<DropoutCache> = piecewiseLinear({
    name,
    parameters: [],
    statistics: [],
    outputShape: (inputShape) => inputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward: ({ statistics }, input, mode) =>
      scoped(() => {
        const cache =
          mode === 'training' && rate > 0 && rate < 1 ? { mask: maskOf(input), input } : { input };
        return { output: masked(input, cache), cache, statistics };
      }),
    vjp: (_weights, cache, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? masked(cotangent, cache) : undefined,
    }),
    jvp: (_weights, cache, _parameterTangents, inputTangent) =>
      inputTangent === undefined ? zerosLike(cache.input) : masked(inputTangent, cache),
  });
  return [{ layer: dropping }];
};
