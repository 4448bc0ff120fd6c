import { describeValue } from '@metadistill/options';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { unmasked } from './softmax/masked.js';
import { readsAtOnce } from './softmax/reads-at-once.js';
import type { Targets } from './types.js';

const shapeOf = (tensor: { readonly shape: readonly number[] }) => `[${tensor.shape}]`;

/** @throws RangeError if `temperature` is not a finite number above zero. */
export function checkTemperature(caller: string, temperature: number, name = 'temperature'): void {
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new RangeError(
      `${caller}: ${name} is ${describeValue(temperature)}; expected a finite number above 0. ` +
        'Keep it in a box such as [0.1, 10], or optimise its logarithm.',
    );
  }
}

/** @throws RangeError if `value` is not an integer of at least 1. */
export function checkCount(caller: string, name: string, value: unknown): asserts value is number {
  if (!(Number.isInteger(value) && (value as number) > 0)) {
    throw new RangeError(`${caller}: ${name} is ${describeValue(value)}; expected an integer of at least 1.`);
  }
}

/** @throws RangeError if the bounds are not two finite numbers above zero, the lower one first. */
export function checkTemperatureBounds(caller: string, [low, high]: readonly [number, number]): void {
  if (!(low > 0 && low < high && Number.isFinite(high))) {
    throw new RangeError(
      `${caller}: temperatureBounds is [${low}, ${high}]; expected two finite numbers above 0, the lower one first.`,
    );
  }
}

/** @throws RangeError if a metaparameter is missing or not finite. */
export function checkFinite(caller: string, name: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `${caller}: ${name} is ${describeValue(value)}; expected a finite number. Was it passed, and did the step before diverge?`,
    );
  }
}

/** @throws TypeError, RangeError if logits are not `[batch, classes]`, or the labels not `[batch]` int32 classes. */
export function checkLogitsAndLabels(caller: string, studentLogits: Tensor2D, { labels }: Targets): void {
  if (studentLogits.rank !== 2) {
    throw new RangeError(
      `${caller}: studentLogits has shape ${shapeOf(studentLogits)}; expected [batch, classes]. ` +
        'Flatten the model output to one row per example.',
    );
  }
  if (labels.dtype !== 'int32') {
    throw new TypeError(
      `${caller}: labels has dtype ${labels.dtype}; expected int32. Cast class indices, not one-hot rows.`,
    );
  }
  if (labels.rank !== 1 || labels.shape[0] !== studentLogits.shape[0]) {
    throw new RangeError(
      `${caller}: labels has shape ${shapeOf(labels)}; expected [${studentLogits.shape[0]}], one per row of ` +
        'studentLogits. Do inputs and labels come from the same batch?',
    );
  }
  checkClasses(caller, labels, studentLogits.shape[1]);
}

/** On backends that do not read at once `labelRows` makes NaN of such a label. */
function checkClasses(caller: string, labels: Tensor1D, classes: number): void {
  if (!readsAtOnce()) return;
  const values = labels.dataSync();
  const row = values.findIndex((label) => !(label >= 0 && label < classes));
  if (row < 0) return;
  throw new RangeError(
    `${caller}: the label of row ${row} is ${values[row]}; expected an integer, 0 to ${classes - 1}. Count the classes from 0, ` +
      'and leave out examples without a label.',
  );
}

/**
 * The teacher's logits of a batch; a masked class, at −Infinity, keeps a finite logit of probability 0. Call it inside a `tidy`.
 * @throws TypeError, RangeError if they are missing or have another shape than the student's.
 */
export function checkTeacherLogits(
  caller: string,
  studentLogits: Tensor2D,
  { teacherLogits }: Targets,
): Tensor2D {
  if (teacherLogits === undefined) {
    throw new TypeError(
      `${caller}: targets.teacherLogits is undefined; expected a tensor [batch, classes]. ` +
        'Run the teacher on the batch, or read its cached logits.',
    );
  }
  checkTeacherShape(caller, 'teacherLogits', teacherLogits, studentLogits);
  return unmasked(teacherLogits);
}

function checkTeacherShape(caller: string, name: string, teacher: Tensor2D, student: Tensor2D): void {
  if (shapeOf(teacher) === shapeOf(student)) return;
  throw new RangeError(
    `${caller}: ${name} has shape ${shapeOf(teacher)}; expected ${shapeOf(student)} as studentLogits has. ` +
      'Was the teacher trained on other classes? Map them with mapTeacherClasses of @metadistill/datasets.',
  );
}

/**
 * The logits of several teachers, as `checkTeacherLogits` gives them; of a single one `teacherLogits` will do.
 * @throws TypeError, RangeError if there are not `count`, or one has another shape than the student's.
 */
export function checkTeachers(
  caller: string,
  studentLogits: Tensor2D,
  targets: Targets,
  count: number,
): readonly Tensor2D[] {
  const { teachers } = targets;
  if (count === 1 && !teachers) return [checkTeacherLogits(caller, studentLogits, targets)];
  const given = teachers ?? [];
  if (given.length !== count) {
    throw new RangeError(
      `${caller}: targets has the logits of ${given.length} teachers; expected ${count}. Give each batch the logits of ` +
        'all teachers, in their order.',
    );
  }
  for (const [i, logits] of given.entries())
    checkTeacherShape(caller, `teachers[${i}]`, logits, studentLogits);
  return given.map(unmasked);
}
