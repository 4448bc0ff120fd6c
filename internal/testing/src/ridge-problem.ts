import {
  add,
  div,
  dot,
  mul,
  type Scalar,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Matrix } from './quadratic-problem.js';

type Weights = { readonly parameters: readonly Tensor[]; readonly statistics: readonly Tensor[] };

/** A regression data set: rows of X, and y. */
export interface Regression {
  readonly X: Matrix;
  readonly y: readonly number[];
}

/**
 * Ridge regression, L(w, λ) = ‖Xw − y‖² / 2n + λ‖w‖² / 2 and V(w) = ‖Xw − y‖² / 2m on another batch.
 *
 * The weights are one tensor w `[features]`, the metaparameter is `weightDecay`; it enters through the weights, not
 * through an output, so ∂²L/∂w∂λ = w. After one step dV/dλ = −γ ⟨∇V(w₁), w⟩.
 */
export function ridgeProblem() {
  const metaparameters = ['weightDecay'] as const;
  const residual = ({ X, y }: Regression, w: Tensor) =>
    sub(dot(tensor2d(X.map((row) => [...row])), w), tensor1d([...y]));
  const loss = (batch: Regression, w: Tensor) => {
    const r = residual(batch, w);
    const columns = transpose(tensor2d(batch.X.map((row) => [...row])));
    return {
      value: div(sum(mul(r, r)), 2 * batch.y.length) as Scalar,
      gradient: div(dot(columns, r), batch.y.length) as Tensor,
    };
  };
  return {
    metaparameters,
    training({ parameters: [first] }: Weights, batch: Regression) {
      const w = first as Tensor;
      const mixedProduct = (_: { weightDecay: number }, [direction]: readonly Tensor[]) =>
        stack([dot(direction as Tensor, w)]) as Tensor1D;
      return {
        statistics: [],
        valueAndGradient({ weightDecay }: { readonly weightDecay: number }) {
          const { value, gradient } = loss(batch, w);
          return {
            value: add(value, mul(dot(w, w), weightDecay / 2)) as Scalar,
            gradient: [add(gradient, mul(w, weightDecay))],
          };
        },
        metaparameterGradient: () => stack([mul(dot(w, w), 0.5)]) as Tensor1D,
        mixedProductByJvp: mixedProduct,
        mixedProductByVjps: mixedProduct,
      };
    },
    validation({ parameters: [w] }: Weights, batch: Regression) {
      const { value, gradient } = loss(batch, w as Tensor);
      return { value, gradient: [gradient] };
    },
  };
}

/** The validation loss of ridge regression after one step of gradient descent, in float64. */
export function ridgeValidationAfterStep(
  training: Regression,
  validation: Regression,
  w: readonly number[],
  weightDecay: number,
  learningRate: number,
): number {
  const predict = (row: readonly number[], weights: readonly number[]) =>
    row.reduce((total, value, i) => total + value * (weights[i] as number), 0);
  const residuals = ({ X, y }: Regression, weights: readonly number[]) =>
    X.map((row, i) => predict(row, weights) - (y[i] as number));
  const r = residuals(training, w);
  const next = w.map((value, j) => {
    const slope = r.reduce(
      (total, each, i) => total + each * ((training.X[i] as readonly number[])[j] as number),
      0,
    );
    return value - learningRate * (slope / r.length + weightDecay * value);
  });
  return (
    residuals(validation, next).reduce((total, each) => total + each * each, 0) / (2 * validation.y.length)
  );
}
