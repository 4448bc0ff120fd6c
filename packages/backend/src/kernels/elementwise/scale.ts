import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkNumbers, checkTensor, sizeOf } from '../call/checks.js';
import type { ListCall } from '../call/pairs-of.js';
import { partsOf } from '../call/split.js';

/**
 * `MetadistillScale` on wasm: factor · x of a list of float32 tensors in one call.
 *
 * @returns one tensor each, in its shape.
 * @throws TypeError if one is not float32.
 */
export function scale({ inputs, attrs, backend }: ListCall<{ readonly factor: number }>): TensorInfo[] {
  for (const [i, x] of inputs.entries()) checkTensor('scale', `x[${i}]`, x, 'float32');
  checkNumbers('scale', attrs, ['factor']);
  const { forEach, address, makeOutput } = runtimeOf(backend);
  return inputs.map((x) => {
    const out = makeOutput(x.shape, 'float32');
    forEach(
      'scale',
      partsOf(sizeOf(x.shape), 8, 4).map(({ from, count }) => [
        address(x) + 4 * from,
        address(out) + 4 * from,
        count,
        attrs.factor,
      ]),
    );
    return out;
  });
}
