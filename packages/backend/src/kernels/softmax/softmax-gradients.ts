import { describeValue } from '@metadistill/options';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ArrayHost } from '../call/array-host.js';
import { checkNumbers, checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { fillSoftmax, softmaxRow } from './softmax-row.js';

/** Attributes of `MetadistillCrossEntropyGradient`. */
export interface CrossEntropyAttributes {
  /** T > 0. */
  readonly temperature: number;
}

/** Attributes of `MetadistillDistillationGradient`. */
export interface DistillationAttributes extends CrossEntropyAttributes {
  /** f, the weight of the distillation term; 1 − f weighs the classification term. */
  readonly distillationFraction: number;
  /** The factor s of the distillation term, such as T². */
  readonly factor: number;
  /** ds/dT. */
  readonly factorSlope: number;
}

export type Kernel<Inputs extends string, Attributes> = (
  call: KernelCall<Inputs, Attributes>,
) => TensorInfo[];

/**
 * `MetadistillCrossEntropyGradient`: CE(z / T) averaged over the batch, and its gradient by z, in one pass.
 *
 * `logits` is float32 `[batch, classes]`, `labels` int32 `[batch]`. Sums are in float64 and in log space: logits
 * of ±10⁴ and temperatures of 0.05 are exact to float32 rounding.
 *
 * @returns a kernel that returns the value (a scalar) and the gradient `[batch, classes]`.
 */
export function crossEntropyGradient(
  hostOf: (backend: unknown) => ArrayHost,
): Kernel<'logits' | 'labels', CrossEntropyAttributes> {
  return ({ inputs, attrs: { temperature }, backend }) => {
    const name = 'crossEntropyGradient';
    const host = hostOf(backend);
    const { batch, classes, value, gradient } = begin(name, host, inputs.logits, inputs.labels, temperature);
    const logits = host.floats(inputs.logits);
    const labels = host.integers(inputs.labels);
    const gradients = host.floats(gradient);
    const student = softmaxRow(classes);
    let total = 0;
    for (let row = 0; row < batch; row++) {
      const label = labels[row] as number;
      fillSoftmax(student, logits, row * classes, temperature);
      total += student.logSum - (student.shifted[label] as number);
      for (let k = 0; k < classes; k++) {
        const residual = (student.probabilities[k] as number) - (k === label ? 1 : 0);
        gradients[row * classes + k] = residual / (temperature * batch);
      }
    }
    host.floats(value)[0] = total / batch;
    return [value, gradient];
  };
}

/**
 * `MetadistillDistillationGradient`: (1 − f) · CE(z) + f · s · KL(softmax(t / T) ‖ softmax(z / T)) averaged over the
 * batch, and its gradient by z, in one pass.
 *
 * `studentLogits` z and `teacherLogits` t are float32 `[batch, classes]`, `labels` int32 `[batch]`.
 *
 * @returns a kernel that returns the value (a scalar) and the gradient `[batch, classes]`.
 */
export function distillationGradient(
  hostOf: (backend: unknown) => ArrayHost,
): Kernel<'studentLogits' | 'teacherLogits' | 'labels', DistillationAttributes> {
  return ({ inputs, attrs, backend }) => {
    const name = 'distillationGradient';
    const { studentLogits, teacherLogits } = inputs;
    const { distillationFraction: fraction, temperature, factor: scale } = attrs;
    checkNumbers(name, attrs);
    const host = hostOf(backend);
    checkTensor(name, 'teacherLogits', teacherLogits, 'float32', 2);
    checkShape(name, 'teacherLogits', teacherLogits, studentLogits.shape);
    const { batch, classes, value, gradient } = begin(name, host, studentLogits, inputs.labels, temperature);
    const student = host.floats(studentLogits);
    const teacher = host.floats(teacherLogits);
    const labels = host.integers(inputs.labels);
    const gradients = host.floats(gradient);
    const [plain, soft, target] = [softmaxRow(classes), softmaxRow(classes), softmaxRow(classes)];
    const weight = (fraction * scale) / temperature;
    let classification = 0;
    let divergence = 0;
    for (let row = 0; row < batch; row++) {
      const start = row * classes;
      const label = labels[row] as number;
      fillSoftmax(plain, student, start, 1);
      fillSoftmax(soft, student, start, temperature);
      fillSoftmax(target, teacher, start, temperature);
      classification += plain.logSum - (plain.shifted[label] as number);
      // Σ p = 1, so the difference of the logarithms' sums counts once; 0 · log 0 = 0.
      divergence += soft.logSum - target.logSum;
      for (let k = 0; k < classes; k++) {
        const p = target.probabilities[k] as number;
        divergence += p * ((target.shifted[k] as number) - (soft.shifted[k] as number));
        const hard = (plain.probabilities[k] as number) - (k === label ? 1 : 0);
        const residual = (soft.probabilities[k] as number) - p;
        gradients[start + k] = ((1 - fraction) * hard + weight * residual) / batch;
      }
    }
    host.floats(value)[0] = ((1 - fraction) * classification + fraction * scale * divergence) / batch;
    return [value, gradient];
  };
}

/** Checks what the kernels of softmax losses share, and then makes a value and a gradient. */
export function begin(
  name: string,
  host: ArrayHost,
  logits: TensorInfo,
  labels: TensorInfo,
  temperature: number,
) {
  checkTensor(name, 'logits', logits, 'float32', 2);
  checkTensor(name, 'labels', labels, 'int32', 1);
  const [batch, classes] = logits.shape as [number, number];
  checkShape(name, 'labels', labels, [batch]);
  if (!(typeof temperature === 'number' && temperature > 0)) {
    throw new RangeError(`${name}: temperature is ${describeValue(temperature)}; expected a number above 0.`);
  }
  checkLabels(name, host.integers(labels), classes);
  const value = host.make([], 'float32');
  const gradient = host.make([batch, classes], 'float32');
  return { batch, classes, value, gradient };
}

function checkLabels(name: string, labels: Int32Array, classes: number): void {
  const row = labels.findIndex((label) => label < 0 || label >= classes);
  if (row === -1) return;
  throw new RangeError(
    `${name}: labels[${row}] is ${labels[row]}; expected a class index from 0 to ${classes - 1}.`,
  );
}
