import { type Penalty, scoped, type Tensors } from '@metadistill/models';
import { abs, add, addN, mul, type Scalar, scalar, sign, square, sum, tidy } from '@tensorflow/tfjs-core';

/** R(w) = Σ_k l1_k Σ|w_k| + l2_k Σ w_k², which a model adds to its training loss, with its derivatives. */
export interface PenaltyTerm {
  value(parameters: Tensors): Scalar;
  /** Gradients moved by ∂R/∂w_k = l1_k sign(w_k) + 2 l2_k w_k; an |w| of 0 adds nothing. */
  addGradient(gradient: Tensors, parameters: Tensors): Tensors;
  /** Products moved by (∂²R/∂w²) d = 2 l2_k d_k. */
  addHessianProduct(product: Tensors, direction: Tensors): Tensors;
}

/** The term of a model's penalties; all results belong to the caller's `tidy`. */
export const penaltyTerm = (penalties: readonly Penalty[]): PenaltyTerm => ({
  value: (parameters) =>
    tidy(() =>
      addN([
        scalar(0),
        ...parameters.flatMap((w, k) => {
          const { l1, l2 } = penalties[k] as Penalty;
          return [
            ...(l1 === 0 ? [] : [mul(sum(abs(w)), l1)]),
            ...(l2 === 0 ? [] : [mul(sum(square(w)), l2)]),
          ];
        }),
      ]),
    ) as Scalar,

  addGradient: (gradient, parameters) =>
    scoped(() =>
      gradient.map((g, k) => {
        const { l1, l2 } = penalties[k] as Penalty;
        const w = parameters[k] as (typeof parameters)[number];
        const moved = l2 === 0 ? g : add(g, mul(w, 2 * l2));
        return l1 === 0 ? moved : add(moved, mul(sign(w), l1));
      }),
    ),

  addHessianProduct: (product, direction) =>
    scoped(() =>
      product.map((each, k) => {
        const { l2 } = penalties[k] as Penalty;
        return l2 === 0 ? each : add(each, mul(direction[k] as (typeof direction)[number], 2 * l2));
      }),
    ),
});
