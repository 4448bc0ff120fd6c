import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuHost } from '../kernels/call/array-host.js';
import { checkShape, checkTensor } from '../kernels/call/checks.js';
import type { KernelCall } from '../kernels/call/kernel-call.js';
import { type ListCall, pairsOf } from '../kernels/call/pairs-of.js';
import { type CombineAttributes, scaledPairs } from '../kernels/elementwise/combine.js';
import { type MatMulAttributes, productSizes } from '../kernels/products/mat-mul.js';

/**
 * `MetadistillReluGrad` on cpu: dx = dy where y > 0, else 0.
 *
 * @returns dx of y's shape.
 * @throws TypeError or RangeError where dtypes or shapes do not fit.
 */
export function reluGradientOnCpu({ inputs: { dy, y }, backend }: KernelCall<'dy' | 'y'>): TensorInfo {
  checkTensor('reluGradient', 'dy', dy, 'float32');
  checkTensor('reluGradient', 'y', y, 'float32');
  checkShape('reluGradient', 'dy', dy, y.shape);
  const host = cpuHost(backend);
  const dx = host.make(y.shape, 'float32');
  const [cotangents, outputs, result] = [dy, y, dx].map(host.floats) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = 0; i < result.length; i++) {
    result[i] = (outputs[i] as number) > 0 ? (cotangents[i] as number) : 0;
  }
  return dx;
}

/**
 * `MetadistillCombine` on cpu: xScale · x + yScale · y of pairs of tensors.
 *
 * @returns one tensor a pair, in x's shape.
 * @throws TypeError or RangeError where dtypes, shapes or the lengths of the lists do not fit.
 */
export function combineOnCpu({ inputs, attrs, backend }: ListCall<CombineAttributes>): TensorInfo[] {
  const host = cpuHost(backend);
  const { xScale } = attrs;
  return scaledPairs(inputs, attrs).map(({ x, y, yScale }) => {
    const out = host.make(x.shape, 'float32');
    const [xs, ys, result] = [x, y, out].map(host.floats) as [Float32Array, Float32Array, Float32Array];
    for (let i = 0; i < result.length; i++) {
      result[i] = xScale * (xs[i] as number) + yScale * (ys[i] as number);
    }
    return out;
  });
}

/**
 * `MetadistillDot` on cpu: ⟨x, y⟩ over pairs of float32 tensors, rounded where TensorFlow.js' `mul`, `sum` and `addN`
 * would round.
 *
 * @returns a float32 scalar.
 * @throws TypeError or RangeError where dtypes, shapes or the lengths of the lists do not fit.
 */
export function dotOnCpu({ inputs, backend }: ListCall): TensorInfo {
  const host = cpuHost(backend);
  const out = host.make([], 'float32');
  const result = host.floats(out);
  for (const { x, y } of pairsOf('dot', inputs)) {
    const [xs, ys] = [x, y].map(host.floats) as [Float32Array, Float32Array];
    let sum = 0;
    for (let i = 0; i < xs.length; i++) sum += Math.fround((xs[i] as number) * (ys[i] as number));
    result[0] = (result[0] as number) + Math.fround(sum);
  }
  return out;
}

/**
 * `MetadistillMatMul` on cpu: op(A)·op(B) of two float32 matrices, summed in float64.
 *
 * @returns `[rows, columns]`.
 * @throws TypeError or RangeError where dtypes, ranks or inner sizes do not fit.
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
