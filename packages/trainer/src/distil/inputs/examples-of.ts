import { describeValue, nearest } from '@metadistill/options';
import type { TypedArray } from '@tensorflow/tfjs-core';
import { isTensor, isTyped, type Numbers, valuesOf } from './values-of.js';

/** What a student is fed: numbers, or one entry for each of several inputs, in their order or by their names. */
export type Examples = Numbers | readonly Numbers[] | Readonly<Record<string, Numbers>>;

/** One input of a student. */
export interface StudentInput {
  readonly name: string;
  /** Of one example. */
  readonly shape: readonly number[];
}

export interface ExamplesOptions {
  /** What errors call the examples, such as `x`. */
  readonly argument: string;
  /** The student that takes them, for errors. */
  readonly student: string;
  readonly inputs: readonly StudentInput[];
  /** Keep whole numbers of 0 to 255 as pixels, which batches scale: if they are normalized or augmented. */
  readonly asPixels: boolean;
}

/** Rows of numbers, one for each example. */
export interface ExampleRows {
  readonly examples: Float32Array | Uint8Array;
  readonly count: number;
}

/**
 * Examples as rows; several inputs side by side in one row, as `fromLayersModel` takes them.
 *
 * @throws TypeError, RangeError that names what is wrong.
 */
export async function examplesOf(given: unknown, options: ExamplesOptions): Promise<ExampleRows> {
  const { argument, inputs, asPixels } = options;
  const whole: StudentInput = { name: argument, shape: [sum(inputs.map(sizeOf))] };
  const isSeveral = inputs.length > 1 && !isTensor(given) && !isTyped(given);
  const parts = isSeveral
    ? await Promise.all(partsOf(given, options).map((part, i) => rowsOf(part, inputs[i]!, options)))
    : [await rowsOf(soleOf(given), inputs.length > 1 ? whole : inputs[0]!, { ...options, inputs: [] })];
  const [first] = parts as [{ values: TypedArray; count: number }];
  const values = parts.length === 1 ? first.values : sideBySide(parts, inputs, options);
  return { examples: asPixels ? pixelsOf(values) : floatsOf(values), count: first.count };
}

/** An array of one tensor or typed array is that one, as `fit` of tfjs-layers takes it. */
export const soleOf = (given: unknown): unknown =>
  Array.isArray(given) && given.length === 1 && isTensor(given[0]) ? given[0] : given;

/** What belongs to each input. */
export function partsOf(given: unknown, { argument, student, inputs }: ExamplesOptions): readonly unknown[] {
  const names = inputs.map(({ name }) => name);
  if (Array.isArray(given) && given.length === inputs.length) return given;
  const byName = given as Readonly<Record<string, unknown>>;
  const isRecord = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (isRecord && names.every((name) => name in byName)) {
    const stranger = Object.keys(byName).find((name) => !names.includes(name));
    if (stranger === undefined) return names.map((name) => byName[name]);
    throw new TypeError(`distil: ${argument}: ${nearest('input', stranger, names)}`);
  }
  throw new TypeError(
    `distil: ${argument} is ${describeValue(given)}; expected a list of ${inputs.length}, one for each input of ${student}. ` +
      `Pass [${names.join(', ')}] or { ${names.join(', ')} }.`,
  );
}

/** The numbers of one input, whose shape it has. */
async function rowsOf(
  given: unknown,
  { name, shape }: StudentInput,
  { argument, student, inputs }: ExamplesOptions,
): Promise<{ readonly values: TypedArray; readonly count: number }> {
  const called = inputs.length > 1 ? `${argument} (${name})` : argument;
  const { values, shape: found } = await valuesOf(called, given);
  const size = shape.reduce((product, length) => product * length, 1);
  if (found && String(found.slice(1)) !== String(shape)) throw wrongShape(called, found, shape, student);
  if (values.length === 0 || values.length % size !== 0) {
    throw new RangeError(
      `distil: ${called} has ${values.length} numbers; expected those of ${taken(shape, student)}, ${size} for each example.`,
    );
  }
  return { values, count: values.length / size };
}

/** A shape of one example, with null for a size that may be any. */
type Shape = readonly (number | null)[];

export const wrongShape = (called: string, found: Shape, shape: Shape, student: string): RangeError =>
  new RangeError(
    `distil: ${called} has shape [${found.join(', ')}]; expected ${taken(shape, student)}. ${remedyOf(found, shape)}`,
  );

const taken = (shape: Shape, student: string): string =>
  `[${['examples', ...shape.map((size) => size ?? 'null')].join(', ')}], as the student ${student} takes`;

/** Most often an axis is missing: that of the batch, or that of the one channel. */
function remedyOf(found: Shape, shape: Shape): string {
  const isLike = (one: Shape, other: Shape) =>
    one.length === other.length && one.every((size, i) => (other[i] ?? size) === size);
  if (isLike(found, shape)) return 'Put examples along the first axis, even a single one.';
  if (shape.at(-1) === 1 && isLike(found.slice(1), shape.slice(0, -1))) {
    return 'Add an axis of one channel: tf.expandDims(x, -1).';
  }
  return 'Reshape it, or make a student for this shape.';
}

/** Rows of each input after those of the one before. */
function sideBySide(
  parts: readonly { readonly values: TypedArray; readonly count: number }[],
  inputs: readonly StudentInput[],
  { argument }: ExamplesOptions,
): Float32Array {
  const count = parts[0]!.count;
  const sizes = inputs.map(sizeOf);
  const rowSize = sum(sizes);
  const rows = new Float32Array(count * rowSize);
  let offset = 0;
  for (const [i, part] of parts.entries()) {
    if (part.count !== count) {
      throw new RangeError(
        `distil: ${argument} (${inputs[i]!.name}) has ${part.count} examples; expected ${count}, as ${inputs[0]!.name} has.`,
      );
    }
    const size = sizes[i]!;
    for (let row = 0; row < count; row++) {
      rows.set(part.values.subarray(row * size, (row + 1) * size), row * rowSize + offset);
    }
    offset += size;
  }
  return rows;
}

const floatsOf = (values: TypedArray): Float32Array =>
  values instanceof Float32Array ? values : new Float32Array(values);

/** Bytes, if all are whole numbers of 0 to 255; else the numbers as they are, which are then refused as features. */
function pixelsOf(values: TypedArray): Float32Array | Uint8Array {
  if (values instanceof Uint8Array) return values;
  const isPixel = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255;
  return values.every(isPixel) ? Uint8Array.from(values) : floatsOf(values);
}

const sizeOf = ({ shape }: StudentInput): number => shape.reduce((product, length) => product * length, 1);

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
