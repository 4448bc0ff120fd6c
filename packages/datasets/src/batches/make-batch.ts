import { checkOptions, describeValue } from '@metadistill/options';
import { type Tensor1D, type Tensor2D, tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { checkTyped } from '../sets/check-typed.js';
import { exampleSize } from '../sets/split.js';
import type { Batch, Dataset, Normalization, TeacherLogits } from '../types.js';
import { checkNormalization } from './check-normalization.js';
import { normalizePixels } from './normalize-pixels.js';

/** Makes other images of a batch's pixels, uint8 `[batch, ...exampleShape]`, in as many bytes; the input stays. */
export type AugmentPixels = (pixels: Uint8Array) => Uint8Array;

export interface MakeBatchOptions {
  readonly dataset: Dataset;
  /** `[batch]`: which examples, in which order. */
  readonly indices: Int32Array;
  /** One entry per channel; for images only. */
  readonly normalization?: Normalization | undefined;
  /** Of all examples of the data set, in their order. */
  readonly teacherLogits?: TeacherLogits | undefined;
  /** Of several teachers, each of all examples. */
  readonly teachers?: readonly TeacherLogits[] | undefined;
  /** `[examples]`: a whole number at least 0 for each, such as the source of its label. */
  readonly groups?: Int32Array | undefined;
  /** Changes the pixels before they are normalized; for images only. `teacherLogits` stay those of the data set's images. */
  readonly augment?: AugmentPixels | undefined;
}

/**
 * Makes tensors of some examples: inputs `[batch, ...exampleShape]` float32, labels `[batch]` int32, the
 * logits of a teacher or of several `[batch, classes]` and groups `[batch]` int32 if given. The tensors belong to the caller (`disposeBatch`).
 *
 * Pixels become (x / 255 − mean) / std in float32, rounded after each operation as PyTorch's ToTensor and Normalize
 * do; without a normalization, x / 255. Features stay as they are.
 *
 * @param caller the function that errors name.
 * @throws RangeError if an index is out of range, or the normalization, the logits or the augmented pixels do not fit
 *   the data set; TypeError for an unknown option, or examples or logits that are no typed array. Nothing is left behind then.
 */
export function makeBatch(options: MakeBatchOptions, caller = 'makeBatch'): Batch {
  checkOptions(caller, options, {
    dataset: 'dataset',
    indices: 'numbers',
    normalization: true,
    teacherLogits: true,
    teachers: true,
    groups: true,
    augment: true,
  });
  checkBatch(options, caller);
  const { dataset, indices, normalization, teacherLogits, teachers, groups, augment } = options;
  const { exampleShape, labels } = dataset;
  const size = exampleSize(dataset);
  const { examples, rows } = augment
    ? { examples: augmentedPixels(dataset, indices, augment, caller), rows: indices.map((_, row) => row) }
    : { examples: dataset.examples, rows: indices };
  const shape = [indices.length, ...exampleShape];
  // What is made before a part fails goes with it.
  const batch = tidy(() => ({
    inputs:
      examples instanceof Uint8Array
        ? normalizePixels(gathered(examples, size, rows), shape, normalization)
        : tensor(rowsOf(examples, size, rows, new Float32Array(rows.length * size)), shape, 'float32'),
    labels: entriesOf(labels, indices),
    ...(teacherLogits && { teacherLogits: logitsOf(teacherLogits, indices) }),
    ...(teachers && { teachers: teachers.map((each) => logitsOf(each, indices)) }),
    ...(groups && { groups: entriesOf(groups, indices) }),
  }));
  return { ...batch, indices };
}

const entriesOf = (values: Int32Array, indices: Int32Array): Tensor1D =>
  tensor1d(
    Int32Array.from(indices, (index) => values[index] as number),
    'int32',
  );

const logitsOf = ({ values, classes }: TeacherLogits, indices: Int32Array): Tensor2D =>
  tensor2d(
    rowsOf(values, classes, indices, new Float32Array(indices.length * classes)),
    [indices.length, classes],
    'float32',
  );

/** Disposes of a batch's tensors. */
export function disposeBatch(batch: Batch): void {
  batch.inputs.dispose();
  batch.labels.dispose();
  batch.teacherLogits?.dispose();
  for (const logits of batch.teachers ?? []) logits.dispose();
  batch.groups?.dispose();
}

/** Rows in the order of `indices`: a view if they follow each other, else a copy. */
function gathered(values: Uint8Array, size: number, indices: Int32Array): Uint8Array {
  const first = indices[0] as number;
  return indices.every((index, row) => index === first + row)
    ? values.subarray(first * size, (first + indices.length) * size)
    : rowsOf(values, size, indices, new Uint8Array(indices.length * size));
}

function augmentedPixels(
  dataset: Dataset,
  indices: Int32Array,
  augment: AugmentPixels,
  caller: string,
): Uint8Array {
  const { examples, name } = dataset;
  const size = exampleSize(dataset);
  if (!(examples instanceof Uint8Array)) {
    throw new RangeError(
      `${caller}: augment is given for ${name}, which has features; expected images. Leave it out.`,
    );
  }
  const pixels = augment(rowsOf(examples, size, indices, new Uint8Array(indices.length * size)));
  if (pixels.length === indices.length * size) return pixels;
  throw new RangeError(
    `${caller}: augment returned ${pixels.length} pixels; expected ${indices.length * size}. Crop to the size of the images.`,
  );
}

function rowsOf<Values extends Uint8Array | Float32Array>(
  values: Values,
  size: number,
  indices: Int32Array,
  output: Values,
): Values {
  indices.forEach((index, row) => {
    const [from, to] = [index * size, row * size];
    // A view costs more than a few numbers.
    if (size < 16) for (let k = 0; k < size; k++) output[to + k] = values[from + k] as number;
    else output.set(values.subarray(from, from + size), to);
  });
  return output;
}

function checkBatch(
  { dataset, indices, normalization, teacherLogits, teachers = [], groups }: MakeBatchOptions,
  caller: string,
): void {
  const { examples, labels, classes, name } = dataset;
  const count = labels.length;
  checkTyped(caller, `${name}: examples`, examples, 'examples');
  const wrong = indices.find((index) => index < 0 || index >= count);
  if (wrong !== undefined) {
    throw new RangeError(
      `${caller}: an index is ${describeValue(wrong)}; expected 0..${count - 1} (${name}). Plan the batches for this set.`,
    );
  }
  const all = [
    ...(teacherLogits ? [['teacherLogits', teacherLogits] as const] : []),
    ...teachers.map((each, e) => [`teachers[${e}]`, each] as const),
  ];
  for (const [what, logits] of all) {
    checkTyped(caller, `${what}.values`, logits.values, 'logits');
    if (logits.examples !== count || logits.classes !== classes) {
      throw new RangeError(
        `${caller}: ${what} is [${logits.examples},${logits.classes}]; expected [${count},${classes}] (${name}). Slice them as the data set was sliced (sliceTeacherLogits).`,
      );
    }
  }
  if (groups && groups.length !== count) {
    throw new RangeError(
      `${caller}: groups has ${groups.length} entries; expected ${count}, one for each example of ${name}.`,
    );
  }
  if (normalization) checkNormalization(normalization, dataset, caller);
}
