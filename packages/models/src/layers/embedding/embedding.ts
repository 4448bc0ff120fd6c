import { checkOptions } from '@metadistill/options';
import {
  cast,
  gather,
  getBackend,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { sumSegments } from '../../kernels/sum-segments.js';
import { scoped } from '../../scoped.js';
import { expectPositiveIntegers } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache, Tensors } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

export interface EmbeddingOptions extends LayerOptions {
  /** How many things there are to look up: the size of a vocabulary. */
  readonly inputDim: number;
  /** Length of the vector that stands for each of them. */
  readonly outputDim: number;
}

interface EmbeddingCache {
  /** All numbers of the input in one row, int32. */
  readonly ids: Tensor1D;
  readonly inputShape: readonly number[];
}

/**
 * Looks up a vector for each number, from `[batch, ...]` to `[batch, ..., outputDim]`: y[n, t] = W[x[n, t]]; parameter
 * `weight` `[inputDim, outputDim]`, drawn from U(−0.05, 0.05) as in Keras.
 *
 * Inputs are whole numbers from 0 to `inputDim` − 1, as float32 or int32; a fraction is cut off. Their cotangent is zero.
 * Numbers out of range are refused on cpu and wasm; other backends do with them what their `tf.gather` does, such as
 * returning zeros, since reading the numbers back would cost more than the layer.
 *
 * @throws RangeError if a size is not a positive integer; in `forward`, on cpu and wasm, if a number is out of range.
 */
export function embedding(options: EmbeddingOptions): Layer<OpaqueCache<'embedding'>> {
  checkOptions('embedding', options, { inputDim: true, outputDim: true, name: true });
  const { inputDim, outputDim, name = 'embedding' } = options;
  expectPositiveIntegers(name, { inputDim, outputDim });
  const weightOf = ([weight]: Tensors) => weight as Tensor2D;

  const lookUp = (weight: Tensor2D, { ids, inputShape }: EmbeddingCache): Tensor =>
    tidy(() => reshape(gather(weight, ids), [...inputShape, outputDim]));

  return opaque({
    ...piecewiseLinear<EmbeddingCache>({
      name,
      inputDim,
      parameters: [{ name: 'weight', shape: [inputDim, outputDim], torchLayout: 'asIs' }],
      statistics: [],
      outputShape: (inputShape) => [...inputShape, outputDim],

      initialize(uniform) {
        const values = Float32Array.from({ length: inputDim * outputDim }, () => uniform(-0.05, 0.05));
        return { parameters: [tensor2d(values, [inputDim, outputDim])], statistics: [] };
      },

      forward({ parameters, statistics }, x) {
        const ids = tidy(() => cast(reshape(x, [-1]), 'int32')) as Tensor1D;
        expectInRange(name, ids, inputDim);
        const cache = { ids, inputShape: x.shape };
        return { output: lookUp(weightOf(parameters), cache), cache, statistics };
      },

      vjp(_, { ids, inputShape }, cotangent, wantInput) {
        return scoped(() => ({
          parameters: [sumSegments(reshape(cotangent, [-1, outputDim]), ids, inputDim)],
          input: wantInput ? zeros([...inputShape]) : undefined,
        }));
      },

      jvp: (_, cache, parameterTangents) => lookUp(weightOf(parameterTangents), cache),
    }),
    keras: () => ({ factory: 'embedding', config: { inputDim, outputDim } }),
  });
}

/** Where numbers are read at once, as `tf.gather` reads them there, too. */
function expectInRange(name: string, ids: Tensor1D, inputDim: number): void {
  if (getBackend() !== 'cpu' && getBackend() !== 'wasm') return;
  const wrong = ids.dataSync().find((id) => id < 0 || id >= inputDim);
  if (wrong === undefined) return;
  throw new RangeError(
    `${name}: input holds ${wrong}; expected whole numbers from 0 to ${inputDim - 1}. Number what you look up from 0, or correct inputDim.`,
  );
}
