import type { TensorInfo } from '@tensorflow/tfjs-core';
import { broadcast_util } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { type MatMulAttributes, multiplyMatrices } from './mat-mul.js';

/**
 * Whether TensorFlow.js' own kernel is slow: an operand is transposed, or A is a single row, which costs it a pass over B
 * of ten times what reading B takes.
 */
export function isSlowOnWasm({ inputs, attrs }: KernelCall<'a' | 'b', MatMulAttributes>): boolean {
  return attrs.transposeA === true || attrs.transposeB === true || inputs.a.shape.at(-2) === 1;
}

/**
 * `BatchMatMul` on wasm if an operand is transposed or A is a single row, which TensorFlow.js' own kernel does
 * many times slower than its product of untransposed matrices.
 *
 * `a` and `b` are float32 `[..., rows, columns]`; their leading axes broadcast.
 *
 * @returns `[..., rows, columns]`.
 * @throws TypeError or RangeError if dtypes, ranks or sizes do not fit.
 */
export function batchMatMul({ inputs, attrs, backend }: KernelCall<'a' | 'b', MatMulAttributes>): TensorInfo {
  const { a, b } = inputs;
  checkTensor('batchMatMul', 'a', a, 'float32');
  checkTensor('batchMatMul', 'b', b, 'float32');
  const [rows, inner] = matrixOf('a', a.shape, attrs.transposeA);
  const [innerOfB, columns] = matrixOf('b', b.shape, attrs.transposeB);
  if (inner !== innerOfB) {
    throw new RangeError(
      `batchMatMul: a is ${shown(a.shape)} and b ${shown(b.shape)}; expected inner sizes that agree, got ${inner} ` +
        `and ${innerOfB}.`,
    );
  }
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const runtime = runtimeOf(backend);
  const product = runtime.makeOutput([...batch, rows, columns], 'float32');
  const [startA, startB, start] = [a, b, product].map(runtime.address) as [number, number, number];
  for (let index = 0; index < sizeOf(batch); index++) {
    const atA = startA + 4 * rows * inner * broadcastIndex(index, batch, batchA);
    const atB = startB + 4 * inner * columns * broadcastIndex(index, batch, batchB);
    multiplyMatrices(runtime, atA, atB, start + 4 * rows * columns * index, { rows, inner, columns }, attrs);
  }
  return product;
}

function matrixOf(name: string, shape: readonly number[], transposed = false): [number, number] {
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) {
    throw new TypeError(`batchMatMul: ${name} has shape ${shown(shape)}; expected rank 2 or more.`);
  }
  return transposed ? [columns, rows] : [rows, columns];
}

/** The flat index into `shape`, broadcast to `target`, of the element at flat index `index` of `target`. */
function broadcastIndex(index: number, target: readonly number[], shape: readonly number[]): number {
  let rest = index;
  let stride = 1;
  let result = 0;
  for (let axis = 1; axis <= target.length; axis++) {
    const size = target[target.length - axis] as number;
    const own = shape[shape.length - axis] ?? 1;
    if (own > 1) result += (rest % size) * stride;
    rest = Math.floor(rest / size);
    stride *= own;
  }
  return result;
}
