import type { ArrayHost } from '../call/array-host.js';
import { checkNumbers, checkShape, checkTensor } from '../call/checks.js';
import { begin, type DistillationAttributes, type Kernel } from './softmax-gradients.js';
import { fillSoftmax, type SoftmaxRow, softmaxRow } from './softmax-row.js';

/**
 * `MetadistillDistillationDerivatives`: how ℓ = (1 − f) · CE(z) + f · s · KL(q ‖ p), averaged over the batch, and its
 * gradient by z depend on f and T, in one pass. p = softmax(z / T), q = softmax(t / T), s = s(T) the factor.
 *
 *     ∂ℓ/∂f = s KL − CE                     ∂²ℓ/∂z∂f = (s/T)(p − q) − (softmax(z) − y)
 *     ∂ℓ/∂T = f (s' KL + s ∂KL/∂T)          ∂²ℓ/∂z∂T = f [(s/T)' (p − q) + (s/T)(∂p/∂T − ∂q/∂T)]
 *
 * with ∂p/∂T = −p (u − E_p u) / T for u = z / T, and alike for q.
 *
 * Inputs as of `MetadistillDistillationGradient`. @returns a kernel that returns the two slopes (scalars), then the
 * two mixed derivatives `[batch, classes]`.
 */
export function distillationDerivatives(
  hostOf: (backend: unknown) => ArrayHost,
): Kernel<'studentLogits' | 'teacherLogits' | 'labels', DistillationAttributes> {
  return ({ inputs, attrs, backend }) => {
    const name = 'distillationDerivatives';
    const { studentLogits, teacherLogits } = inputs;
    const { distillationFraction: fraction, temperature: T, factor: scale, factorSlope } = attrs;
    checkNumbers(name, attrs);
    const host = hostOf(backend);
    checkTensor(name, 'teacherLogits', teacherLogits, 'float32', 2);
    checkShape(name, 'teacherLogits', teacherLogits, studentLogits.shape);
    const first = begin(name, host, studentLogits, inputs.labels, T);
    const { batch, classes } = first;
    const slopeByTemperature = host.make([], 'float32');
    const mixedByTemperature = host.make([batch, classes], 'float32');
    const student = host.floats(studentLogits);
    const teacher = host.floats(teacherLogits);
    const labels = host.integers(inputs.labels);
    const byFraction = host.floats(first.gradient);
    const byTemperature = host.floats(mixedByTemperature);
    const [plain, p, q] = [softmaxRow(classes), softmaxRow(classes), softmaxRow(classes)];
    const overTSlope = (factorSlope - scale / T) / T; // (s/T)'
    let [classification, divergence, divergenceSlope] = [0, 0, 0];
    for (let row = 0; row < batch; row++) {
      const start = row * classes;
      const label = labels[row] as number;
      fillSoftmax(plain, student, start, 1);
      fillSoftmax(p, student, start, T);
      fillSoftmax(q, teacher, start, T);
      classification += plain.logSum - (plain.shifted[label] as number);
      const [meanP, meanQ] = [mean(p), mean(q)];
      for (let k = 0; k < classes; k++) {
        const [pk, qk] = [p.probabilities[k] as number, q.probabilities[k] as number];
        const [u, v] = [p.shifted[k] as number, q.shifted[k] as number];
        const logRatio = v - q.logSum - (u - p.logSum);
        const [pSlope, qSlope] = [(-pk * (u - meanP)) / T, (-qk * (v - meanQ)) / T];
        divergence += qk * logRatio;
        // d(q log(q / p))/dT = ∂q/∂T · log(q / p) − q ∂log p/∂T, for Σ ∂q/∂T = 0
        divergenceSlope += qSlope * logRatio + (qk * (u - meanP)) / T;
        const hard = (plain.probabilities[k] as number) - (k === label ? 1 : 0);
        byFraction[start + k] = ((scale / T) * (pk - qk) - hard) / batch;
        byTemperature[start + k] =
          (fraction * (overTSlope * (pk - qk) + (scale / T) * (pSlope - qSlope))) / batch;
      }
    }
    host.floats(first.value)[0] = (scale * divergence - classification) / batch;
    host.floats(slopeByTemperature)[0] =
      (fraction * (factorSlope * divergence + scale * divergenceSlope)) / batch;
    return [first.value, slopeByTemperature, first.gradient, mixedByTemperature];
  };
}

/** E[u] under the row's own softmax. */
function mean(row: SoftmaxRow): number {
  let sum = 0;
  for (let k = 0; k < row.shifted.length; k++) {
    sum += (row.probabilities[k] as number) * (row.shifted[k] as number);
  }
  return sum;
}
