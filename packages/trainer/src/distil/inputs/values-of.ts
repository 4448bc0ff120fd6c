import { describeValue, isPlainObject } from '@metadistill/options';
import { reshape, slice, Tensor, type TypedArray, tidy } from '@tensorflow/tfjs-core';
import { giveTurn } from '../../event-loop/give-turn.js';

/** Numbers in rows of rows, as JavaScript writes them down. */
export type NestedNumbers = number | boolean | TypedArray | readonly NestedNumbers[];

/** An array of numbers, however you hold it: a tensor (borrowed), a typed array in row-major order, or arrays within arrays. */
export type Numbers = Tensor | TypedArray | readonly NestedNumbers[];

/** Numbers on the host, row-major. */
export interface HostValues {
  readonly values: TypedArray;
  /** Undefined for a typed array, which has none. */
  readonly shape: readonly number[] | undefined;
}

/** Numbers that are read one by one between two turns of the event loop. */
export const NUMBERS_PER_TURN = 2 ** 18;

/** Numbers that are copied at once. */
const COPIED = 2 ** 21;

/**
 * Brings numbers to the host.
 *
 * @param argument what errors call them, such as `x`.
 * @throws TypeError if they are none, RangeError if rows differ in length; both name the first that is wrong.
 */
export async function valuesOf(argument: string, given: unknown): Promise<HostValues> {
  if (isTensor(given)) return tensorValues(argument, given);
  if (isTyped(given)) return { values: given, shape: undefined };
  if (Array.isArray(given)) return nestedValues(argument, given);
  throw notNumbers(argument, given);
}

const notNumbers = (argument: string, given: unknown): TypeError =>
  new TypeError(
    `distil: ${argument} is ${describeValue(given)}; expected a tensor, a typed array or arrays of numbers.`,
  );

/**
 * The shape of numbers, of nested arrays that of their first entries; undefined for a typed array, which has none.
 *
 * @throws TypeError as `valuesOf`.
 */
export function shapeOf(argument: string, given: unknown): readonly number[] | undefined {
  if (isTensor(given)) return given.shape;
  if (isTyped(given)) return undefined;
  if (Array.isArray(given)) return nestedShape(given);
  throw notNumbers(argument, given);
}

function nestedShape(given: readonly unknown[]): number[] {
  const shape: number[] = [];
  for (let first: unknown = given; Array.isArray(first) || isTyped(first); first = first[0]) {
    shape.push(first.length);
  }
  return shape;
}

/** By its members, so that a tensor of another copy of TensorFlow.js is known, too. */
export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'dataId' in value;

/** A typed array of numbers; those of big integers are none. */
export const isTyped = (value: unknown): value is TypedArray =>
  ArrayBuffer.isView(value) && 'length' in value && typeof (value as { 0?: unknown })[0] !== 'bigint';

async function tensorValues(argument: string, tensor: Tensor): Promise<HostValues> {
  if (tensor.isDisposed) {
    throw new TypeError(
      `distil: ${argument} is a tensor that is disposed of; expected one that lives. Was it made inside tf.tidy()? Return it from there.`,
    );
  }
  if (tensor.dtype === 'string' || tensor.dtype === 'complex64') {
    throw new TypeError(
      `distil: ${argument} is a tensor of dtype ${tensor.dtype}; expected float32, int32 or bool.`,
    );
  }
  return { values: await inPieces(tensor), shape: tensor.shape };
}

/** The values of a tensor; a large one of TensorFlow.js as we know it is copied piece by piece, which holds no page up. */
async function inPieces(tensor: Tensor): Promise<TypedArray> {
  if (!(tensor instanceof Tensor) || tensor.size <= COPIED) return await tensor.data();
  const values = tensor.dtype === 'float32' ? new Float32Array(tensor.size) : new Int32Array(tensor.size);
  for (let from = 0; from < tensor.size; from += COPIED) {
    const piece = tidy(() => slice(reshape(tensor, [-1]), from, Math.min(COPIED, tensor.size - from)));
    values.set(await piece.data(), from);
    piece.dispose();
    await giveTurn();
  }
  return values;
}

async function nestedValues(argument: string, given: readonly unknown[]): Promise<HostValues> {
  const shape = nestedShape(given);
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
  const rowSize = values.length / (shape[0] || 1);
  let copied = 0;
  for (const [i, row] of given.entries()) {
    fill(values, i * rowSize, row, shape, `${argument}[${i}]`, 1);
    copied += rowSize;
    if (copied < NUMBERS_PER_TURN) continue;
    copied = 0;
    await giveTurn();
  }
  return { values, shape };
}

/** Copies a row, and those within it, to `offset`. */
function fill(
  values: Float32Array,
  offset: number,
  row: unknown,
  shape: readonly number[],
  path: string,
  depth: number,
): void {
  const length = shape[depth];
  if (length === undefined) {
    if (typeof row !== 'number' && typeof row !== 'boolean') throw notNumber(path, row);
    values[offset] = Number(row);
    return;
  }
  if (!Array.isArray(row) && !isTyped(row)) throw notNumber(path, row, length);
  if (row.length !== length) {
    throw new RangeError(
      `distil: ${path} has ${row.length} entries; expected ${length}, as the first of its kind has. Are values missing?`,
    );
  }
  if (isTyped(row) && depth === shape.length - 1) {
    values.set(row, offset);
    return;
  }
  const size = shape.slice(depth + 1).reduce((product, each) => product * each, 1);
  for (let i = 0; i < length; i++) {
    fill(values, offset + i * size, row[i], shape, `${path}[${i}]`, depth + 1);
  }
}

function notNumber(path: string, given: unknown, length?: number): TypeError {
  const expected = length === undefined ? 'a number' : `an array of ${length} entries`;
  const remedy = isTensor(given)
    ? 'Make one tensor of them with tf.stack().'
    : typeof given === 'string'
      ? 'Convert text with Number().'
      : isPlainObject(given)
        ? 'Take the numbers out of each: rows.map(({ a, b }) => [a, b]).'
        : 'Fill in what is missing.';
  return new TypeError(`distil: ${path} is ${describeValue(given)}; expected ${expected}. ${remedy}`);
}
