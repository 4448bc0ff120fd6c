import type { Batch } from './evaluate-loss.js';

/** Plain float64 definitions, written from the formulas and sharing no code with the package. */

export function logSoftmax(logits: readonly number[], temperature = 1): number[] {
  const scaled = logits.map((value) => value / temperature);
  const top = Math.max(...scaled);
  const logTotal = Math.log(scaled.reduce((sum, value) => sum + Math.exp(value - top), 0));
  return scaled.map((value) => value - top - logTotal);
}

export const softmax = (logits: readonly number[], temperature = 1): number[] =>
  logSoftmax(logits, temperature).map(Math.exp);

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export const crossEntropy = ({ student, labels }: Batch, temperature = 1): number =>
  mean(student.map((row, i) => -(logSoftmax(row, temperature)[labels[i] as number] as number)));

/** Σ_k f(log a_k, log b_k) averaged over rows, a = softmax(teacher/T), b = softmax(student/T). */
const average = (
  { student, teacher }: Batch,
  temperature: number,
  f: (logTeacher: number, logStudent: number) => number,
): number =>
  mean(
    teacher.map((row, i) => {
      const logTeacher = logSoftmax(row, temperature);
      const logStudent = logSoftmax(student[i] as number[], temperature);
      return logTeacher.reduce((sum, value, k) => sum + f(value, logStudent[k] as number), 0);
    }),
  );

export const divergences = {
  forwardKL: (batch: Batch, temperature: number): number =>
    average(batch, temperature, (t, s) => Math.exp(t) * (t - s)),
  reverseKL: (batch: Batch, temperature: number): number =>
    average(batch, temperature, (t, s) => Math.exp(s) * (s - t)),
  softCrossEntropy: (batch: Batch, temperature: number): number =>
    average(batch, temperature, (t, s) => -Math.exp(t) * s),
  jensenShannon: (batch: Batch, temperature: number): number =>
    average(batch, temperature, (t, s) => {
      const logMiddle = Math.max(t, s) + Math.log1p(Math.exp(-Math.abs(t - s))) - Math.LN2;
      return (Math.exp(t) * (t - logMiddle) + Math.exp(s) * (s - logMiddle)) / 2;
    }),
};
