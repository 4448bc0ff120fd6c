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

/** KL(softmax(a/T) ‖ softmax(b/T)), averaged over the rows. */
export function kl(a: Batch['student'], b: Batch['student'], temperature: number): number {
  return mean(
    a.map((row, i) => {
      const logP = logSoftmax(row, temperature);
      const logQ = logSoftmax(b[i] as number[], temperature);
      return logP.reduce((sum, value, k) => sum + Math.exp(value) * (value - (logQ[k] as number)), 0);
    }),
  );
}
