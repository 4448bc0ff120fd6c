import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import {
  applyEpilogue,
  type FusedAttributes,
  type FusedInputs,
  fusedEpilogue,
} from '../activation/fused-activation.js';
import type { KernelCall } from '../call/kernel-call.js';
import { batchSizes, multiplyBatches } from './batch-mat-mul.js';
import type { MatMulAttributes } from './mat-mul.js';

type Call = KernelCall<'a' | 'b', MatMulAttributes & FusedAttributes> & { readonly inputs: FusedInputs };

/**
 * `_FusedMatMul` on wasm, the kernel of tfjs-layers' dense layers: activation(op(a)·op(b) + bias).
 *
 * Shapes are those of `BatchMatMul`; bias and the slopes of `prelu` are any that spread to the output. TensorFlow.js' own
 * has the fault of its `BatchMatMul`, and adds the bias once for each 48 of the inner size if there is a batch or an
 * operand is transposed.
 *
 * @returns `[..., rows, columns]`.
 * @throws TypeError or RangeError if dtypes, ranks, sizes or the activation do not fit.
 */
export function fusedMatMul({ inputs, attrs, backend }: Call): TensorInfo {
  const sizes = batchSizes('fusedMatMul', inputs, attrs);
  const outputShape = [...sizes.batch, sizes.rows, sizes.columns];
  const epilogue = fusedEpilogue('fusedMatMul', inputs, attrs, outputShape);
  const { channelBias, spreadBias, clamp, slopes, kernel } = epilogue;
  const runtime = runtimeOf(backend);
  // What is added later has to be added before the clamp.
  const clampedNow = spreadBias ? undefined : clamp;
  const bias = channelBias && runtime.address(channelBias);
  const product = multiplyBatches(runtime, sizes, inputs, attrs, { bias, clamp: clampedNow });
  if (!spreadBias && slopes === undefined && !kernel) return product;
  return applyEpilogue(backend, product, { spreadBias, slopes, kernel, clamp: spreadBias && clamp });
}
