import { describeValue, isPlainObject } from '@metadistill/options';
import { dispose } from '@tensorflow/tfjs-core';
import { giveTurn } from '../../event-loop/give-turn.js';
import { type ExampleRows, type ExamplesOptions, examplesOf, type StudentInput } from './examples-of.js';
import type { TfDataset } from './is-tf-dataset.js';
import { labelsOf } from './labels-of.js';
import { isTensor, valuesOf } from './values-of.js';

/** Rows with the label of each. */
interface LabelledRows extends ExampleRows {
  readonly labels: Int32Array;
}

interface ElementsOptions extends ExamplesOptions {
  readonly classes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Iterators of `@tensorflow/tfjs-data` cannot be ended; those of others may. */
interface Elements {
  next(): Promise<IteratorResult<unknown>>;
  return?(): unknown;
}

/**
 * Reads a `tf.data.Dataset` into memory, once.
 *
 * One whose `size` is not known, as of a generator, is read until it ends: if it never does, until the memory is full or the
 * signal aborts.
 *
 * @param options with a `signal` that is heard between two elements.
 * @throws TypeError, RangeError if it says that it never ends, is empty, or an element, which it names, does not fit; the
 *   signal's reason on abort. Its iterator is then ended, if it can be.
 */
export async function readTfDataset(dataset: TfDataset, options: ElementsOptions): Promise<LabelledRows> {
  const { argument } = options;
  if (dataset.size === Number.POSITIVE_INFINITY) {
    throw new RangeError(
      `distil: ${argument} is a tf.data.Dataset without an end; expected one that ends, as it is read once. Leave repeat() out: epochs repeats it.`,
    );
  }
  const iterator: Elements = await dataset.iterator();
  try {
    return joined(await readElements(iterator, options));
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

async function readElements(iterator: Elements, options: ElementsOptions): Promise<LabelledRows[]> {
  const { argument, classes, signal } = options;
  const read: LabelledRows[] = [];
  for (;;) {
    signal?.throwIfAborted();
    const { value, done } = await iterator.next();
    if (done) break;
    const called = `element ${read.length} of ${argument}`;
    try {
      const { xs, ys } = partsOfElement(called, value, options);
      const isOne = await isOneExample(xs, options);
      const asBatch = (part: unknown) => (isOne ? batchOfOne(part) : part);
      const rows = await examplesOf(eachPart(xs, options, asBatch), {
        ...options,
        argument: `xs of ${called}`,
      });
      const labels = await labelsOf(asBatch(ys), {
        argument: `ys of ${called}`,
        examples: 'its xs',
        count: rows.count,
        classes,
      });
      read.push({ ...rows, labels });
    } finally {
      dispose(value as never);
    }
    await giveTurn();
  }
  if (read.length === 0) {
    throw new RangeError(`distil: ${argument} is a tf.data.Dataset of 0 elements; expected at least one.`);
  }
  return read;
}

/**
 * The examples and labels of an element.
 *
 * @throws TypeError that says how to map the data set.
 */
export function partsOfElement(
  called: string,
  value: unknown,
  { inputs }: { readonly inputs: readonly unknown[] },
): { readonly xs: unknown; readonly ys: unknown } {
  const { xs, ys } = (value ?? {}) as { readonly xs?: unknown; readonly ys?: unknown };
  if (xs === undefined || ys === undefined) {
    throw new TypeError(
      `distil: ${called} is ${describeValue(value)}; expected { xs, ys }. ${remedyOf(value)}`,
    );
  }
  const isColumns = { xs: inputs.length === 1 && isPlainObject(xs), ys: isPlainObject(ys) };
  const part = (['xs', 'ys'] as const).find((name) => isColumns[name]);
  if (part === undefined) return { xs, ys };
  const values = (name: 'xs' | 'ys') => (isColumns[name] ? `${name}: Object.values(${name})` : name);
  throw new TypeError(
    `distil: ${part} of ${called} is ${describeValue({ xs, ys }[part])}; expected numbers in one array. Map it, before ` +
      `batch(): dataset.map(({ xs, ys }) => ({ ${values('xs')}, ${values('ys')} })).`,
  );
}

function remedyOf(value: unknown): string {
  if (isPlainObject(value)) {
    return 'Map it, before batch(): dataset.map(({ label, ...xs }) => ({ xs: Object.values(xs), ys: label })).';
  }
  const isPair = Array.isArray(value) && value.length === 2 && typeof value[0] !== 'number';
  return isPair
    ? 'Map it: dataset.map(([xs, ys]) => ({ xs, ys })).'
    : 'Pair it with its labels: tf.data.zip({ xs: dataset, ys: labels }).';
}

/** Is the batch's axis missing from the first input? */
async function isOneExample(xs: unknown, { inputs }: ExamplesOptions): Promise<boolean> {
  const [input] = inputs as [StudentInput];
  const first = inputs.length > 1 ? ((xs as never)[input.name] ?? (xs as never)[0]) : xs;
  const { shape } = isTensor(first) ? first : await valuesOf('xs', first);
  return String(shape) === String(input.shape);
}

const eachPart = (xs: unknown, { inputs }: ExamplesOptions, change: (part: unknown) => unknown): unknown => {
  if (inputs.length === 1) return change(xs);
  const entries = Object.entries(xs as object).map(([name, part]) => [name, change(part)] as const);
  return Array.isArray(xs) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
};

/** A tensor is read by `valuesOf`, which asks for its values and shape alone. */
const batchOfOne = (part: unknown): unknown =>
  isTensor(part)
    ? { dtype: part.dtype, dataId: part.dataId, shape: [1, ...part.shape], data: () => part.data() }
    : [part];

function joined(read: readonly LabelledRows[]): LabelledRows {
  const count = read.reduce((total, each) => total + each.count, 0);
  const length = read.reduce((total, { examples }) => total + examples.length, 0);
  const arePixels = read.every(({ examples }) => examples instanceof Uint8Array);
  const examples = arePixels ? new Uint8Array(length) : new Float32Array(length);
  const labels = new Int32Array(count);
  let [at, row] = [0, 0];
  for (const each of read) {
    examples.set(each.examples, at);
    labels.set(each.labels, row);
    at += each.examples.length;
    row += each.count;
  }
  return { examples, labels, count };
}
