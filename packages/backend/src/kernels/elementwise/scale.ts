import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkNumbers, checkTensor, sizeOf } from '../call/checks.js';
import type { ListCall } from '../call/pairs-of.js';

/**
 * `MetadistillScale` on wasm: factor · x of a list of float32 tensors in one call.
 *
 * @returns one tensor each, in its shape.
 * @throws TypeError if one is not float32.
 */
export function scale({ inputs, attrs, backend }: ListCall<{ readonly factor: number }>): TensorInfo[] {
  for (const [i, x] of inputs.entries()) checkTensor('scale', `x[${i}]`, x, 'float32');
  checkNumbers('scale', attrs, ['factor']);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  return inputs.map((x) => {
    const out = makeOutput(x.shape, 'float32');
    kernels.scale(address(x), address(out), sizeOf(x.shape), attrs.factor);
    return out;
  });
}
