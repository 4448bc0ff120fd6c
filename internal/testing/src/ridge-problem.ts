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
import { axpy, inner, type Matrix, solve, times, transposed } from './matrices.js';

type Weights = { readonly parameters: readonly Tensor[]; readonly statistics: readonly Tensor[] };
type Decay = { readonly weightDecay: number };

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
  const rows = ({ X }: Regression) => tensor2d(X.map((row) => [...row]));
  const loss = (batch: Regression, w: Tensor) => {
    const r = sub(dot(rows(batch), w), tensor1d([...batch.y]));
    return {
      value: div(sum(mul(r, r)), 2 * batch.y.length) as Scalar,
      gradient: div(dot(transpose(rows(batch)), r), batch.y.length) as Tensor,
    };
  };
  return {
    metaparameters,
    training({ parameters: [first] }: Weights, batch: Regression) {
      const w = first as Tensor;
      return {
        statistics: [],
        valueAndGradient({ weightDecay }: Decay) {
          const { value, gradient } = loss(batch, w);
          return {
            value: add(value, mul(dot(w, w), weightDecay / 2)) as Scalar,
            gradient: [add(gradient, mul(w, weightDecay))],
          };
        },
        metaparameterGradient: () => stack([mul(dot(w, w), 0.5)]) as Tensor1D,
        mixedDerivatives: () => [[mul(w, 1)]],
        mixedProduct: (_: Decay, [direction]: readonly Tensor[]) =>
          stack([dot(direction as Tensor, w)]) as Tensor1D,
        hessianVectorProduct({ weightDecay }: Decay, [direction]: readonly Tensor[]) {
          const d = direction as Tensor;
          const curved = div(dot(transpose(rows(batch)), dot(rows(batch), d)), batch.y.length);
          return [add(curved, mul(d, weightDecay))];
        },
      };
    },
    validation({ parameters: [w] }: Weights, batch: Regression) {
      const { value, gradient } = loss(batch, w as Tensor);
      return { value, gradient: [gradient] };
    },
  };
}

/** The minimum w* = (XᵀX/n + λI)⁻¹ Xᵀy/n, in float64. */
export const ridgeOptimum = (training: Regression, weightDecay: number): number[] =>
  solve(ridgeHessian(training, weightDecay), mean(training, training.y));

/** dV(w*)/dλ = −⟨M⁻¹ w*, ∇V(w*)⟩ with M = XᵀX/n + λI, in float64. */
export function ridgeImplicit(training: Regression, validation: Regression, weightDecay: number): number {
  const optimum = ridgeOptimum(training, weightDecay);
  const slope = mean(validation, axpy(times(validation.X, optimum), validation.y, -1));
  return -inner(solve(ridgeHessian(training, weightDecay), optimum), slope);
}

/** The validation loss of ridge regression after steps of gradient descent, in float64. */
export function ridgeValidationAfter(
  steps: number,
  training: Regression,
  validation: Regression,
  w: readonly number[],
  weightDecay: number,
  learningRate: number,
): number {
  let at = [...w];
  for (let k = 0; k < steps; k++) {
    const slope = mean(training, axpy(times(training.X, at), training.y, -1));
    at = axpy(at, axpy(slope, at, weightDecay), -learningRate);
  }
  const residuals = axpy(times(validation.X, at), validation.y, -1);
  return inner(residuals, residuals) / (2 * residuals.length);
}

/** Xᵀr / n. */
const mean = ({ X }: Regression, r: readonly number[]): number[] =>
  times(transposed(X, (X[0] as readonly number[]).length), r).map((value) => value / X.length);

function ridgeHessian({ X }: Regression, weightDecay: number): number[][] {
  const columns = transposed(X, (X[0] as readonly number[]).length);
  return columns.map((a, i) => columns.map((b, j) => inner(a, b) / X.length + (i === j ? weightDecay : 0)));
}
