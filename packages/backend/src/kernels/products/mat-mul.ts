import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkTensor, shown } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { partsOf } from '../call/split.js';
import { packBias, packedBytes } from '../convolution/convolve-images.js';
import { type Correlation, correlate } from '../convolution/correlate.js';

/** Which operands of a product are transposed. */
export interface MatMulAttributes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** The sizes of op(A)·op(B): `[rows, inner]` × `[inner, columns]`. */
export interface ProductSizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Rows of A whose offsets are in a table at a time; fewer if they and their products would not fit the cache. */
const rowsAtOnce = 256;

/**
 * `MetadistillMatMul` on wasm: op(A)·op(B) of two float32 matrices.
 *
 * A transposed operand is not copied: B is packed for the kernel either way, and Aᵀ·B is a sum over rows of outer
 * products, which the filter gradient's kernel computes. Only Aᵀ·Bᵀ transposes A first.
 *
 * @returns `[rows, columns]`.
 * @throws TypeError or RangeError if dtypes, ranks or inner sizes do not fit.
 */
export function matMul({ inputs, attrs, backend }: KernelCall<'a' | 'b', MatMulAttributes>): TensorInfo {
  const { a, b } = inputs;
  const sizes = productSizes('matMul', a, b, attrs);
  const runtime = runtimeOf(backend);
  const product = runtime.makeOutput([sizes.rows, sizes.columns], 'float32');
  multiplyMatrices(runtime, runtime.address(a), runtime.address(b), runtime.address(product), sizes, attrs);
  return product;
}

/**
 * The sizes of a product of two matrices.
 *
 * @throws TypeError if an operand is no float32 matrix, RangeError if the inner sizes differ.
 */
export function productSizes(
  kernel: string,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA = false, transposeB = false }: MatMulAttributes,
): ProductSizes {
  checkTensor(kernel, 'a', a, 'float32', 2);
  checkTensor(kernel, 'b', b, 'float32', 2);
  const [rows, inner] = (transposeA ? [a.shape[1], a.shape[0]] : a.shape) as [number, number];
  const [innerOfB, columns] = (transposeB ? [b.shape[1], b.shape[0]] : b.shape) as [number, number];
  if (inner !== innerOfB) {
    throw new RangeError(
      `${kernel}: a is ${shown(a.shape)}${transposeA ? ' transposed' : ''} and b ${shown(b.shape)}` +
        `${transposeB ? ' transposed' : ''}; expected inner sizes that agree, got ${inner} and ${innerOfB}.`,
    );
  }
  return { rows, inner, columns };
}

/** What is done to each row of a product. */
export interface RowEpilogue {
  /** The address of a bias `[columns]`. */
  readonly bias?: number | undefined;
  readonly clamp?: readonly [low: number, high: number] | undefined;
}

/** Writes op(A)·op(B) to `product`, its rows with their epilogue; all dense and at these addresses. */
export function multiplyMatrices(
  runtime: WasmRuntime,
  a: number,
  b: number,
  product: number,
  sizes: ProductSizes,
  attributes: MatMulAttributes,
  epilogue: RowEpilogue = {},
): void {
  const { rows, inner, columns } = sizes;
  if (rows === 0 || columns === 0) return;
  // A vector lies in memory as its transpose does.
  const transposeA = attributes.transposeA && rows > 1 && inner > 1;
  const transposeB = (attributes.transposeB && columns > 1 && inner > 1) ?? false;
  if (!transposeA) multiplyRows(runtime, a, b, product, sizes, transposeB, epilogue);
  else if (transposeB) {
    runtime.withScratch(4 * rows * inner, (transposed) => {
      runtime.kernels.transpose(a, transposed, inner, rows);
      multiplyRows(runtime, transposed, b, product, sizes, transposeB, epilogue);
    });
  } else {
    sumOuterProducts(runtime, a, b, product, sizes);
    if (epilogue.bias) runtime.kernels.addToRows(product, rows * columns, epilogue.bias, columns);
    if (epilogue.clamp) runtime.kernels.clampValues(product, product, rows * columns, ...epilogue.clamp);
  }
}

/**
 * Whether a product reads B where it lies. A packed copy pays for a B that is transposed or narrow, which is packed in no
 * time, and whose rows are slow to read after their whole lines of the cache.
 */
export function isReadInPlace(sizes: ProductSizes, transposeB: boolean): boolean {
  const { rows, inner, columns } = sizes;
  if (rows <= 3 || inner === 0) return true;
  if (rows <= 24 && inner * columns <= 1024) return true;
  if (transposeB || columns < 64) return false;
  const afterLines = ((columns % 16) >> 2) + (columns % 4);
  return rows <= 24 || inner <= 8 || (isInStrips(sizes) && columns >= 24 * afterLines);
}

/** Whether a product that reads B where it lies takes it in strips. */
export const isInStrips = ({ rows, inner, columns }: ProductSizes): boolean =>
  rows >= 8 && inner >= 64 && columns >= 16;

/** A·op(B), its rows with their epilogue: rows of A are windows of one pixel, op(B) is the filter. */
export function multiplyRows(
  { kernels, forEach, withScratch }: WasmRuntime,
  a: number,
  b: number,
  product: number,
  sizes: ProductSizes,
  transposeB: boolean,
  { bias, clamp }: RowEpilogue = {},
): void {
  const { rows, inner, columns } = sizes;
  if (isReadInPlace(sizes, transposeB)) {
    const [low, high] = clamp ?? unclamped;
    const start = bias ?? 0;
    if (transposeB) kernels.multiplyFewRowsTransposed(a, b, start, product, rows, inner, columns, low, high);
    else if (!isInStrips(sizes)) {
      kernels.multiplyFewRows(a, b, start, product, rows, inner, columns, low, high);
    } else {
      // Rows if they are many: each job copies the strips of its columns.
      const whole = { from: 0, count: columns };
      const jobs =
        rows >= 4 * columns
          ? partsOf(rows, inner * columns, 128).map((part) => ({ rows: part, columns: whole }))
          : partsOf(columns, rows * inner, 16).map((part) => ({
              rows: { from: 0, count: rows },
              columns: part,
            }));
      withScratch(stripBytes * jobs.length, (strips) =>
        forEach(
          'multiplyStrips',
          jobs.map((job, i) => [
            a + 4 * inner * job.rows.from,
            b,
            start,
            product + 4 * columns * job.rows.from,
            job.rows.count,
            inner,
            columns,
            job.columns.from,
            job.columns.count,
            low,
            high,
            strips + stripBytes * i,
          ]),
        ),
      );
    }
    return;
  }
  const biasAt = packedBytes(inner, columns);
  const tableAt = biasAt + packedBytes(1, columns);
  withScratch(tableAt + 8 * rowsAtOnce, (packed) => {
    const table = packed + tableAt;
    packBias(kernels, packed + biasAt, columns, bias);
    kernels.packFilter(b, packed, inner, columns, transposeB ? 1 : columns, transposeB ? inner : 1, inner);
    const cached = Math.floor((256 * 1024) / (4 * (inner + columns)));
    const atOnce = Math.max(4, Math.min(rowsAtOnce, cached, rows));
    kernels.writeOffsets(table, atOnce, 1, 1, inner * 4, 0, 0, columns * 4, 0, 0);
    forEach(
      'convolve',
      partsOf(rows, inner * columns, 4).map(({ from, count }) => [
        a + 4 * from * inner,
        packed,
        packed + biasAt,
        product + 4 * from * columns,
        table,
        1,
        count,
        atOnce,
        inner * 4,
        columns * 4,
        1,
        1,
        inner,
        0,
        0,
        0,
        inner,
        inner,
        columns,
      ]),
    );
  });
  if (clamp) kernels.clampValues(product, product, rows * columns, ...clamp);
}

/** Scratch that rows read B through, a line at a time. */
const stripBytes = 4 * 64 * 64;

export const unclamped = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Aᵀ·B = Σ over rows of A and B of their outer product: a filter gradient with windows of one pixel. */
function sumOuterProducts(
  runtime: WasmRuntime,
  a: number,
  b: number,
  product: number,
  { rows, inner, columns }: ProductSizes,
): void {
  const { kernels } = runtime;
  const padded = Math.ceil(columns / 8) * 8;
  const tableAt = packedBytes(rows, columns);
  const paddedAt = tableAt + 8;
  const isPadded = padded !== columns;
  runtime.withScratch(paddedAt + (isPadded ? 4 * inner * padded : 0), (packed) => {
    const table = packed + tableAt;
    const wide = isPadded ? packed + paddedAt : b;
    if (isPadded) kernels.padChannels(b, wide, inner, columns, padded);
    kernels.zero(packed, tableAt);
    const [rowOfA, rowOfB] = [rows * 4, padded * 4];
    kernels.writeOffsets(table, 1, 1, 1, 0, 0, 0, 0, 0, 0);
    const sums: Correlation = {
      source: a,
      cotangent: wide,
      gradient: packed,
      table,
      runs: 1,
      length: rowsAtOnce,
      sourceStep: rowOfA,
      cotangentStep: rowOfB,
      alongUnits: true,
      units: inner,
      unitsAtOnce: rowsAtOnce,
      sourceUnit: rowOfA,
      cotangentUnit: rowOfB,
      rows: 1,
      rowTaps: rows,
      sourceRow: 0,
      firstTap: 0,
      gradientRow: rows,
      taps: rows,
      channels: padded,
    };
    correlate(runtime, sums, rowsAtOnce);
    kernels.unpackFilter(packed, product, rows, columns);
  });
}
