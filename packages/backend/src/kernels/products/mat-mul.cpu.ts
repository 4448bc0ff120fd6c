import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuHost } from '../call/array-host.js';
import type { KernelCall } from '../call/kernel-call.js';
import { type MatMulAttributes, productSizes } from './mat-mul.js';

/**
 * `MetadistillMatMul` on cpu: op(A)·op(B) of two float32 matrices, summed in float64.
 *
 * @returns `[rows, columns]`.
 * @throws TypeError or RangeError if dtypes, ranks or inner sizes do not fit.
 */
export function matMulOnCpu({
  inputs: { a, b },
  attrs,
  backend,
}: KernelCall<'a' | 'b', MatMulAttributes>): TensorInfo {
  const { rows, inner, columns } = productSizes('matMul', a, b, attrs);
  const host = cpuHost(backend);
  const product = host.make([rows, columns], 'float32');
  const [as, bs, result] = [a, b, product].map(host.floats) as [Float32Array, Float32Array, Float32Array];
  const [aRow, aInner] = attrs.transposeA ? [1, rows] : [inner, 1];
  const [bInner, bColumn] = attrs.transposeB ? [1, inner] : [columns, 1];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += (as[row * aRow + k * aInner] as number) * (bs[k * bInner + column * bColumn] as number);
      }
      result[row * columns + column] = sum;
    }
  }
  return product;
}
