import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../../wasm/wasm-backend.js';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkNumbers, checkTensor, shown, sizeOf } from '../call/checks.js';
import { overRows } from './spread-rows.js';

/** Attributes that `FusedConv2D`, `FusedDepthwiseConv2D` and `_FusedMatMul` have beyond those of the plain kernel. */
export interface FusedAttributes {
  readonly activation?: Activation | null;
  /** The slope of `leakyrelu` below 0; left out: 0.2, as of `tf.leakyRelu`. */
  readonly leakyreluAlpha?: number;
}

type Activation = 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'prelu' | 'leakyrelu';

/** Inputs that they have beyond those of the plain kernel. */
export interface FusedInputs {
  readonly bias?: TensorInfo | null;
  readonly preluActivationWeights?: TensorInfo | null;
}

/** What comes after a convolution or a product. */
export interface FusedEpilogue {
  /** A bias `[channels]` that the convolution or product itself adds. */
  readonly channelBias?: TensorInfo | undefined;
  /** Any other bias that spreads to the output. */
  readonly spreadBias?: TensorInfo | undefined;
  /** An activation that only clamps, and so can be part of what a convolution stores. */
  readonly clamp?: readonly [low: number, high: number] | undefined;
  /** Slopes below 0 that spread to the output. */
  readonly slopes?: TensorInfo | number | undefined;
  /** A kernel of TensorFlow.js. */
  readonly kernel?: 'Elu' | 'Sigmoid' | undefined;
}

/**
 * What a fused kernel does after it has convolved or multiplied.
 *
 * @throws RangeError if there is no such activation, `prelu` has no slopes, or bias or slopes do not spread to the output.
 * @throws TypeError if these are not float32.
 */
export function fusedEpilogue(
  kernel: string,
  { bias, preluActivationWeights }: FusedInputs,
  { activation, leakyreluAlpha = 0.2 }: FusedAttributes,
  outputShape: readonly number[],
): FusedEpilogue {
  const name = activation ?? 'linear';
  const after = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (!after) {
    const known = Object.keys(activations).join(', ');
    throw new RangeError(`${kernel}: activation is ${String(activation)}; expected one of ${known}.`);
  }
  checkNumbers(kernel, { leakyreluAlpha });
  if (bias) checkSpreads(kernel, 'bias', bias, outputShape);
  if (activation === 'prelu') {
    if (!preluActivationWeights) {
      throw new RangeError(
        `${kernel}: preluActivationWeights is ${preluActivationWeights}; expected slopes for prelu.`,
      );
    }
    checkSpreads(kernel, 'preluActivationWeights', preluActivationWeights, outputShape);
  }
  const channels = outputShape[outputShape.length - 1] as number;
  const isOfChannels = bias && sizeOf(bias.shape) === channels && bias.shape.at(-1) === channels;
  // One literal: a spread takes longer than a small product.
  return {
    channelBias: isOfChannels ? { dataId: bias.dataId, dtype: bias.dtype, shape: [channels] } : undefined,
    spreadBias: isOfChannels ? undefined : (bias ?? undefined),
    clamp: after.clamp,
    slopes: after.hasSlopes ? (activation === 'prelu' ? preluActivationWeights! : leakyreluAlpha) : undefined,
    kernel: after.kernel,
  };
}

interface After extends Pick<FusedEpilogue, 'clamp' | 'kernel'> {
  readonly hasSlopes?: boolean;
}

const activations: Readonly<Record<Activation, After>> = {
  linear: {},
  relu: { clamp: [0, Number.POSITIVE_INFINITY] },
  relu6: { clamp: [0, 6] },
  elu: { kernel: 'Elu' },
  sigmoid: { kernel: 'Sigmoid' },
  prelu: { hasSlopes: true },
  leakyrelu: { hasSlopes: true },
};

/** Does to y, in place if it can, what the kernel has not done yet. Takes y and returns its successor. */
export function applyEpilogue(backend: unknown, y: TensorInfo, epilogue: FusedEpilogue): TensorInfo {
  const runtime = runtimeOf(backend);
  const { kernels } = runtime;
  const size = sizeOf(y.shape);
  const { spreadBias, clamp, slopes, kernel } = epilogue;
  if (spreadBias)
    overRows(runtime, y.shape, spreadBias, (...rows) => kernels.addToRows(runtime.address(y), size, ...rows));
  if (clamp) kernels.clampValues(runtime.address(y), runtime.address(y), size, ...clamp);
  if (slopes !== undefined) {
    overRows(runtime, y.shape, slopes, (...rows) => kernels.preluRows(runtime.address(y), size, ...rows));
  }
  if (!kernel) return y;
  const { kernelFunc } = getKernel(kernel, 'wasm') as NonNullable<ReturnType<typeof getKernel>>;
  const activated = kernelFunc({
    inputs: { x: y },
    attrs: {},
    backend: backend as WasmBackend,
  }) as TensorInfo;
  (backend as WasmBackend).disposeData(y.dataId);
  return activated;
}

/** Refuses what is not float32, or does not spread to a shape by its trailing axes. */
export function checkSpreads(
  kernel: string,
  name: string,
  tensor: TensorInfo,
  outputShape: readonly number[],
): void {
  checkTensor(kernel, name, tensor, 'float32');
  const { shape } = tensor;
  const target = outputShape.slice(Math.max(0, outputShape.length - shape.length));
  const fits = shape.length === target.length && shape.every((axis, i) => axis === 1 || axis === target[i]);
  if (fits) return;
  throw new RangeError(
    `${kernel}: ${name} has shape ${shown(shape)}; expected one that spreads to the output ${shown(outputShape)}.`,
  );
}
