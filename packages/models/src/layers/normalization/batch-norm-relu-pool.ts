import { checkOptions } from '@metadistill/options';
import { type Tensor, type Tensor1D, type Tensor4D, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { noteZeroSums } from '../../kernels/per-channel.js';
import { scatterToWinners } from '../../kernels/pooling/max-pool.js';
import { squares } from '../../kernels/pooling/windows.js';
import { runFused } from '../../kernels/run-fused.js';
import { scoped } from '../../scoped.js';
import { expectPositiveIntegers } from '../../shapes.js';
import type { Layer, OpaqueCache, SecondOrderLayer, Tensors, Weights } from '../../types.js';
import { relu } from '../activations/relu.js';
import { sequential } from '../containers/sequential.js';
import { maxPool2d } from '../pooling/max-pool2d.js';
import { opaque } from '../rules/opaque.js';
import {
  type BatchNormOptions,
  batchNorm,
  batchNormBackward,
  batchNormOptions,
  expectKnownVariance,
  movedStatistics,
} from './batch-norm.js';
import { batchNormPullBack } from './batch-norm-second-order.js';

export type BatchNormReluPoolOptions = BatchNormOptions;

/** What one fused pass leaves behind. */
interface FusedPass {
  readonly x: Tensor4D;
  /** The winner's position in its window, or −1 if ReLU lets nothing back. */
  readonly argmax: Tensor4D;
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** A fused pass, the caches of the layers that stand in for it, or the input of a pass that is not to be derived. */
type BatchNormReluPoolCache =
  | { readonly fused: FusedPass }
  | { readonly fused: undefined; readonly layers: OpaqueCache<'sequential'> }
  | { readonly fused: undefined; readonly layers: undefined; readonly x: Tensor4D };

/**
 * Batch norm, ReLU and 2×2 max pooling of `[batch, height, width, channels]` as one layer, with the parameters and
 * statistics of `batchNorm`.
 *
 * The images between the three are never stored if the backend has the fused kernels; elsewhere it is `sequential`
 * of the three. A derivative in evaluation makes its forward pass again.
 *
 * @throws as `batchNorm` and `maxPool2d`.
 */
export function batchNormReluPool(
  options: BatchNormReluPoolOptions,
): Layer<OpaqueCache<'batchNormReluPool'>> {
  checkOptions('batchNormReluPool', options, batchNormOptions);
  const { name = 'batchNormReluPool', epsilon = 1e-5 } = options;
  expectPositiveIntegers(name, { channels: options.channels });
  const composed = sequential({
    name,
    layers: [batchNorm({ ...options, name: '' }), relu(), maxPool2d({ poolSize: 2 })],
  });
  const pair = (tensors: Tensors) => tensors as unknown as readonly [Tensor1D, Tensor1D];

  function evaluated({ parameters, statistics }: Weights, x: Tensor4D): Tensor | undefined {
    const [[scale, offset], [mean, variance]] = [pair(parameters), pair(statistics)];
    const inputs = { x, scale, offset, mean, variance };
    return runFused('MetadistillBatchNormReluMaxPoolEvaluation', inputs, { epsilon })?.[0];
  }

  /** Caches of the three layers; within the caller's `tidy`. */
  function layersOf(
    weights: Weights,
    cache: Exclude<BatchNormReluPoolCache, { readonly fused: FusedPass }>,
  ): OpaqueCache<'sequential'> {
    return cache.layers ?? composed.forward(weights, cache.x, 'evaluation').cache;
  }

  const layer: Layer<BatchNormReluPoolCache> = {
    ...composed,

    forward(weights, input, mode) {
      composed.outputShape(input.shape.slice(1));
      const x = input as Tensor4D;
      if (mode === 'evaluation') {
        const output = evaluated(weights, x);
        const { statistics } = weights;
        if (output) return { output, cache: { fused: undefined, layers: undefined, x }, statistics };
      }
      if (mode === 'training') expectKnownVariance(name, x, options);
      const [scale, offset] = pair(weights.parameters);
      const fused =
        mode === 'training' && runFused('MetadistillBatchNormReluMaxPool', { x, scale, offset }, { epsilon });
      if (!fused) {
        const { cache, ...pass } = composed.forward(weights, input, mode);
        return { ...pass, cache: { fused: undefined, layers: cache } };
      }
      const [output, argmax, mean, variance] = fused as [Tensor, Tensor4D, Tensor1D, Tensor1D];
      const statistics = movedStatistics(weights.statistics, { mean, variance }, x, options);
      return { output, cache: { fused: { x, argmax, mean, variance } }, statistics };
    },

    vjp(weights, cache, cotangent, wantInput) {
      if (!cache.fused) {
        return scoped(() => composed.vjp(weights, layersOf(weights, cache), cotangent, wantInput));
      }
      const [scale] = pair(weights.parameters);
      const inputs = { ...cache.fused, dy: cotangent, scale };
      const gradients = runFused('MetadistillBatchNormReluMaxPoolGrad', inputs, { epsilon });
      const [dx, dScale, dOffset] = gradients as [Tensor, Tensor, Tensor];
      if (!wantInput) dx.dispose();
      return { parameters: [dScale, dOffset], input: wantInput ? noteZeroSums(dx) : undefined };
    },

    jvp(weights, cache, parameterTangents, inputTangent) {
      if (!cache.fused) {
        return tidy(() => composed.jvp(weights, layersOf(weights, cache), parameterTangents, inputTangent));
      }
      const [scale] = pair(weights.parameters);
      const [dScale, dOffset] = pair(parameterTangents);
      return scoped(() => {
        const dx = inputTangent ?? zerosLike(cache.fused.x);
        const inputs = { ...cache.fused, dx, scale, dScale, dOffset };
        return (runFused('MetadistillBatchNormReluMaxPoolJvp', inputs, { epsilon }) as [Tensor])[0];
      });
    },

    secondOrder(weights, cache, cotangent, wantInput) {
      if (!cache.fused) {
        const { secondOrder } = composed as SecondOrderLayer<OpaqueCache<'sequential'>>;
        return secondOrder(weights, layersOf(weights, cache), cotangent, wantInput);
      }
      const { x, argmax, mean, variance } = cache.fused;
      const [scale] = pair(weights.parameters);
      // What leaves batch norm: ReLU and pooling do to tangents of cotangents what they do to cotangents.
      const unpooled = (dy: Tensor) => scatterToWinners(dy, argmax, x.shape, squares(2));
      const normalised = { x, mean, variance, mode: 'training' } as const;
      const pass = batchNormBackward(normalised, unpooled(cotangent), scale, epsilon);
      return {
        ...layer.vjp(weights, cache, cotangent, wantInput),
        along(parameterTangents, inputTangent) {
          const [scaleTangent] = pair(parameterTangents);
          return {
            output: layer.jvp(weights, cache, parameterTangents, inputTangent),
            pullBack: (cotangentTangent) =>
              scoped(() => {
                const moved = {
                  scale: scaleTangent,
                  input: inputTangent,
                  cotangent: unpooled(cotangentTangent),
                };
                const { parameters, input } = batchNormPullBack(pass, moved);
                return { parameters, input: wantInput ? input : undefined };
              }),
          };
        },
      };
    },
  };
  return opaque(layer);
}
