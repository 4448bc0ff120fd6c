import { inner, type Matrix, times, transposed } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';

/** A batch of a linear student z = X W + b and its teacher's logits, as plain numbers. */
export interface LinearBatch {
  readonly X: Matrix;
  readonly teacher: Matrix;
  readonly labels: readonly number[];
}

/** Numbers between −2 and 2 without pattern, the same for the same seed. */
export const scattered = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => 2 * Math.sin(3.7 * i + 5.3 * seed));

export const scatteredRows = (count: number, columns: number, seed: number): number[][] =>
  Array.from({ length: count }, (_, i) => scattered(columns, seed + i));

/** A batch of three features and four classes. */
export const linearBatch = (size: number, seed: number): LinearBatch => ({
  X: scatteredRows(size, 3, seed),
  teacher: scatteredRows(size, 4, seed + 50),
  labels: Array.from({ length: size }, (_, i) => (i * 7 + seed) % 4),
});

/** The batch as a `logitProblem` takes it. */
export const linearTensors = ({ X, teacher, labels }: LinearBatch) => ({
  inputs: tensor2d(X.map((row) => [...row])),
  teacherLogits: tensor2d(teacher.map((row) => [...row])),
  labels: tensor1d([...labels], 'int32'),
});

/** W `[features, classes]` and b `[classes]`. */
export interface LinearWeights {
  readonly W: Matrix;
  readonly b: readonly number[];
}

/** The paper's metaparameters. */
export interface Distillation {
  readonly distillationFraction: number;
  readonly temperature: number;
}

/** ∂L/∂(W, b) of L = (1 − f) CE + f KL(softmax(t/T) ‖ softmax(z/T)), averaged over the batch, in float64. */
export const linearTrainingGradient = (
  weights: LinearWeights,
  { X, teacher, labels }: LinearBatch,
  { distillationFraction: f, temperature: T }: Distillation,
): LinearWeights =>
  gradientOf(
    X,
    logitsOf(weights, X).map((z, i) => {
      const [soft, target] = [softmax(z, T), softmax(teacher[i]!, T)];
      const hard = softmax(z, 1).map((p, k) => p - Number(k === labels[i]));
      return z.map((_, k) => ((f / T) * (soft[k]! - target[k]!) + (1 - f) * hard[k]!) / X.length);
    }),
  );

/** The cross-entropy of a batch, in float64. */
export const linearValidationLoss = (weights: LinearWeights, { X, labels }: LinearBatch): number =>
  logitsOf(weights, X).reduce((sum, z, i) => sum - Math.log(softmax(z, 1)[labels[i]!]!) / X.length, 0);

/**
 * The one-step hypergradient of distilling a linear student in float64, written from the formulas: with V = ∇V(w') and
 * ż = X V_W + V_b, h_j = −γ ⟨ż, c_j⟩, where c_f = (1/B)[(p^T − q)/T − (p − y)] and
 * c_T = (f/B)[−(p^T − q)/T² + (∂p^T − ∂q)/T], ∂p^T = −p^T ⊙ (z − E_{p^T} z)/T².
 *
 * The training loss is that of `linearTrainingGradient`, the validation loss the cross-entropy.
 */
export function linearStudentHypergradient(
  weights: LinearWeights,
  training: LinearBatch,
  validation: LinearBatch,
  metaparameters: Distillation,
  learningRate: number,
): Distillation {
  const { distillationFraction: f, temperature: T } = metaparameters;
  const B = training.X.length;
  const step = linearTrainingGradient(weights, training, metaparameters);
  const next: LinearWeights = {
    W: weights.W.map((row, i) => row.map((value, k) => value - learningRate * step.W[i]![k]!)),
    b: weights.b.map((value, k) => value - learningRate * step.b[k]!),
  };
  const v = gradientOf(
    validation.X,
    logitsOf(next, validation.X).map((z, i) =>
      softmax(z, 1).map((p, k) => (p - Number(k === validation.labels[i])) / validation.X.length),
    ),
  );
  const tangents = logitsOf(v, training.X);
  const products = logitsOf(weights, training.X).map((z, i) => {
    const t = training.teacher[i]!;
    const [soft, target] = [softmax(z, T), softmax(t, T)];
    const difference = soft.map((p, k) => p - target[k]!);
    const hard = softmax(z, 1).map((p, k) => p - Number(k === training.labels[i]));
    const slope = byTemperature(z, T).map((value, k) => value - byTemperature(t, T)[k]!);
    const byFraction = difference.map((d, k) => (d / T - hard[k]!) / B);
    const byT = difference.map((d, k) => (f / B) * (-d / T ** 2 + slope[k]! / T));
    return [inner(tangents[i]!, byFraction), inner(tangents[i]!, byT)] as const;
  });
  return {
    distillationFraction: -learningRate * products.reduce((sum, [value]) => sum + value, 0),
    temperature: -learningRate * products.reduce((sum, [, value]) => sum + value, 0),
  };
}

const logitsOf = ({ W, b }: LinearWeights, X: Matrix): number[][] =>
  X.map((row) => times(transposed(W, b.length), row).map((value, k) => value + b[k]!));

const gradientOf = (X: Matrix, residuals: Matrix): LinearWeights => {
  const classes = residuals[0]!.length;
  const columns = transposed(X, X[0]!.length);
  const byClass = transposed(residuals, classes);
  return {
    W: columns.map((column) => byClass.map((residual) => inner(column, residual))),
    b: byClass.map((residual) => residual.reduce((sum, value) => sum + value, 0)),
  };
};

function softmax(z: readonly number[], T: number): number[] {
  const top = Math.max(...z);
  const exponentials = z.map((value) => Math.exp((value - top) / T));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

/** ∂ softmax(z/T) / ∂T. */
function byTemperature(z: readonly number[], T: number): number[] {
  const p = softmax(z, T);
  const mean = inner(p, z);
  return z.map((value, k) => (-p[k]! * (value - mean)) / T ** 2);
}
