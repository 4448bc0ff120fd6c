import type { TensorInfo } from '@tensorflow/tfjs-core';
import { broadcast_util } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import {
  isInStrips,
  isReadInPlace,
  type MatMulAttributes,
  multiplyMatrices,
  type ProductSizes,
  type RowEpilogue,
  unclamped,
} from './mat-mul.js';

/**
 * `BatchMatMul` on wasm: op(a)·op(b). TensorFlow.js' own keeps a packed copy of b by the id of its data, whatever its shape:
 * `matMul(x, y)` and then `matMul(x, reshape(y, other))` is wrong there.
 *
 * `a` and `b` are float32 `[..., rows, columns]`; their leading axes broadcast.
 *
 * @returns `[..., rows, columns]`.
 * @throws TypeError or RangeError if dtypes, ranks or sizes do not fit.
 */
export function batchMatMul({ inputs, attrs, backend }: KernelCall<'a' | 'b', MatMulAttributes>): TensorInfo {
  return multiplyBatches(runtimeOf(backend), batchSizes('batchMatMul', inputs, attrs), inputs, attrs);
}

/** The matrices of a batch of products, and which axes they come along. */
export interface BatchSizes extends ProductSizes {
  readonly batch: readonly number[];
}

/**
 * The sizes of a batch of products.
 *
 * @throws TypeError or RangeError if dtypes, ranks or sizes do not fit.
 */
export function batchSizes(
  kernel: string,
  { a, b }: Readonly<Record<'a' | 'b', TensorInfo>>,
  { transposeA, transposeB }: MatMulAttributes,
): BatchSizes {
  checkTensor(kernel, 'a', a, 'float32');
  checkTensor(kernel, 'b', b, 'float32');
  const [rows, inner] = matrixOf(kernel, 'a', a.shape, transposeA);
  const [innerOfB, columns] = matrixOf(kernel, 'b', b.shape, transposeB);
  if (inner !== innerOfB) {
    throw new RangeError(
      `${kernel}: a is ${shown(a.shape)} and b ${shown(b.shape)}; expected inner sizes that agree, got ${inner} ` +
        `and ${innerOfB}.`,
    );
  }
  const batch = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return { batch, rows, inner, columns };
}

/** The products `[...batch, rows, columns]`, their rows with their epilogue. */
export function multiplyBatches(
  runtime: WasmRuntime,
  sizes: BatchSizes,
  { a, b }: Readonly<Record<'a' | 'b', TensorInfo>>,
  attributes: MatMulAttributes,
  epilogue?: RowEpilogue,
): TensorInfo {
  const { batch, rows, inner, columns } = sizes;
  const product = runtime.makeOutput([...batch, rows, columns], 'float32');
  const [startA, startB, start] = [a, b, product].map(runtime.address) as [number, number, number];
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const count = sizeOf(batch);
  const [isWholeA, isWholeB] = [sizeOf(batchA) === count, sizeOf(batchB) === count];
  // Small products in one call: a call each takes longer than they do.
  const isPlain = !attributes.transposeA || rows === 1 || inner === 1;
  const isTransposed = (attributes.transposeB && columns > 1 && inner > 1) ?? false;
  const isSmall = count > 1 && isReadInPlace(sizes, isTransposed) && (isTransposed || !isInStrips(sizes));
  const isEven = (isWholeA || sizeOf(batchA) === 1) && (isWholeB || sizeOf(batchB) === 1);
  if (isPlain && isSmall && isEven) {
    const { kernels } = runtime;
    const [low, high] = epilogue?.clamp ?? unclamped;
    const bias = epilogue?.bias ?? 0;
    const stepA = isWholeA ? 4 * rows * inner : 0;
    const stepB = isWholeB ? 4 * inner * columns : 0;
    // biome-ignore format: the arguments of a kernel are a list.
    kernels.multiplyFewRowsOfEach(startA, startB, bias, start, rows, inner, columns, low, high, count, stepA, stepB, isTransposed);
    return product;
  }
  for (let index = 0; index < count; index++) {
    const atA = startA + 4 * rows * inner * (isWholeA ? index : broadcastIndex(index, batch, batchA));
    const atB = startB + 4 * inner * columns * (isWholeB ? index : broadcastIndex(index, batch, batchB));
    multiplyMatrices(runtime, atA, atB, start + 4 * rows * columns * index, sizes, attributes, epilogue);
  }
  return product;
}

function matrixOf(
  kernel: string,
  name: string,
  shape: readonly number[],
  transposed = false,
): [number, number] {
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) {
    throw new TypeError(`${kernel}: ${name} has shape ${shown(shape)}; expected rank 2 or more.`);
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
