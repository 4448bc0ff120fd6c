import {
  add,
  div,
  dot,
  exp,
  log1p,
  mean,
  mul,
  neg,
  type Scalar,
  sigmoid,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import { axpy, inner, solve, times, transposed } from './matrices.js';
import type { Regression } from './ridge-problem.js';

type Weights = { readonly parameters: readonly Tensor[]; readonly statistics: readonly Tensor[] };
type Named = Readonly<Record<string, number>>;

/**
 * Logistic regression with a penalty for each weight, L(w, λ) = mean log(1 + exp(−y·Xw)) + ½ Σ_j λ_j w_j², and V the same
 * without penalty on another batch; y is ±1.
 *
 * The weights are one tensor w `[features]`, the metaparameters are named penalty0, penalty1, ...;
 * H = XᵀDX/n + diag(λ) and ∂²L/∂w∂λ_j = w_j e_j.
 */
export function logisticProblem(features: number) {
  const metaparameters = Array.from({ length: features }, (_, j) => `penalty${j}`);
  const at = (values: Named) => tensor1d(metaparameters.map((name) => values[name] as number));
  const rows = ({ X }: Regression) => tensor2d(X.map((row) => [...row]));
  const loss = (batch: Regression, w: Tensor) => {
    const y = tensor1d([...batch.y]);
    const margins = mul(y, dot(rows(batch), w));
    const pull = neg(mul(y, sigmoid(neg(margins))));
    return {
      value: mean(log1p(exp(neg(margins)))) as Scalar,
      gradient: div(dot(transpose(rows(batch)), pull), batch.y.length) as Tensor,
      curvature: mul(sigmoid(margins), sigmoid(neg(margins))),
    };
  };
  return {
    metaparameters,
    training({ parameters: [first] }: Weights, batch: Regression) {
      const w = first as Tensor;
      return {
        statistics: [],
        valueAndGradient(penalties: Named) {
          const { value, gradient } = loss(batch, w);
          const scaled = mul(at(penalties), w);
          return {
            value: add(value, mul(dot(scaled, w), 0.5)) as Scalar,
            gradient: [add(gradient, scaled)],
          };
        },
        metaparameterGradient: () => mul(mul(w, w), 0.5) as Tensor1D,
        mixedDerivatives: () =>
          metaparameters.map((_, j) => [mul(w, tensor1d(metaparameters.map((_, i) => (i === j ? 1 : 0))))]),
        mixedProduct: (_: Named, [direction]: readonly Tensor[]) => mul(direction as Tensor, w) as Tensor1D,
        hessianVectorProduct(penalties: Named, [direction]: readonly Tensor[]) {
          const d = direction as Tensor;
          const along = mul(loss(batch, w).curvature, dot(rows(batch), d));
          const curved = div(dot(transpose(rows(batch)), along), batch.y.length);
          return [add(curved, mul(at(penalties), d))];
        },
      };
    },
    validation({ parameters: [w] }: Weights, batch: Regression) {
      const { value, gradient } = loss(batch, w as Tensor);
      return { value, gradient: [gradient] };
    },
  };
}

/** The minimum of the training loss by Newton's method until the step is below 1e-14, in float64. */
export function logisticOptimum(batch: Regression, penalties: readonly number[]): number[] {
  let w = penalties.map(() => 0);
  for (let i = 0; i < 100; i++) {
    const step = solve(hessian(batch, penalties, w), axpy(slope(batch, w), times(diagonal(penalties), w), 1));
    w = axpy(w, step, -1);
    if (Math.hypot(...step) < 1e-14) return w;
  }
  throw new Error('logisticOptimum: Newton made no end in 100 steps.');
}

/** The validation loss of logistic regression after steps of gradient descent, in float64. */
export function logisticValidationAfter(
  steps: number,
  training: Regression,
  validation: Regression,
  w: readonly number[],
  penalties: readonly number[],
  learningRate: number,
): number {
  let at = [...w];
  for (let k = 0; k < steps; k++) {
    at = axpy(at, axpy(slope(training, at), times(diagonal(penalties), at), 1), -learningRate);
  }
  const losses = validation.X.map((row, i) =>
    Math.log1p(Math.exp(-(validation.y[i] as number) * inner(row, at))),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** dV(w*)/dλ_j = −w*_j (H⁻¹ ∇V(w*))_j, in float64. */
export function logisticImplicit(
  training: Regression,
  validation: Regression,
  penalties: readonly number[],
): number[] {
  const w = logisticOptimum(training, penalties);
  const x = solve(hessian(training, penalties, w), slope(validation, w));
  return w.map((value, j) => -value * (x[j] as number));
}

const unit = (value: number): number => 1 / (1 + Math.exp(-value));

const slope = ({ X, y }: Regression, w: readonly number[]): number[] => {
  const pull = X.map((row, i) => -(y[i] as number) * unit(-(y[i] as number) * inner(row, w)));
  return times(transposed(X, w.length), pull).map((value) => value / X.length);
};

const diagonal = (values: readonly number[]): number[][] =>
  values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));

function hessian({ X }: Regression, penalties: readonly number[], w: readonly number[]): number[][] {
  const curvature = X.map((row) => unit(inner(row, w)) * unit(-inner(row, w)));
  const columns = transposed(X, w.length);
  return columns.map((a, i) =>
    columns.map((b, j) => {
      const products = a.map((value, k) => value * (b[k] as number));
      return inner(curvature, products) / X.length + (i === j ? (penalties[i] as number) : 0);
    }),
  );
}
