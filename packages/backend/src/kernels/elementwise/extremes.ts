import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { overRows } from '../activation/spread-rows.js';
import { checkTensor, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

type PairCall = KernelCall<'a' | 'b'>;

/** `Maximum` on wasm, in place of TensorFlow.js' own, which loses a NaN of the second operand. Both are float32, and spread. */
export const maximum = (call: PairCall): TensorInfo => extremes('maximum', true, call);

/** `Minimum` on wasm, which keeps NaN too. */
export const minimum = (call: PairCall): TensorInfo => extremes('minimum', false, call);

function extremes(kernel: string, greater: boolean, { inputs: { a, b }, backend }: PairCall): TensorInfo {
  checkTensor(kernel, 'a', a, 'float32');
  checkTensor(kernel, 'b', b, 'float32');
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const size = sizeOf(shape);
  const runtime = runtimeOf(backend);
  const out = runtime.makeOutput(shape, 'float32');
  if (size === 0) return out;
  overRows(runtime, shape, a, (...rowsOfA) => {
    overRows(runtime, shape, b, (...rowsOfB) => {
      runtime.kernels.extremes(greater, ...rowsOfA, ...rowsOfB, runtime.address(out), size);
    });
  });
  return out;
}
