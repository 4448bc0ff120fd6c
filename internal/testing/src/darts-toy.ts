import {
  add,
  mul,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
} from '@tensorflow/tfjs-core';

type Weights = { readonly parameters: readonly Tensor[]; readonly statistics: readonly Tensor[] };
type Alpha = { readonly alpha: number };

/**
 * L(w, α) = w² − 2αw + α² and V(w, α) = αw − 2α + 1, one weight `[1]`: the optimum is (1, 1), and a method without the
 * second-order term ends at (2, 2). After one step dV/dα = (w' − 2) + 2γα.
 *
 * @see Liu, Simonyan, Yang, DARTS (2019), figure 2.
 */
export function dartsToy() {
  return {
    metaparameters: ['alpha'] as const,
    training: ({ parameters: [w] }: Weights) => ({
      statistics: [],
      valueAndGradient: ({ alpha }: Alpha) => ({
        value: sum(square(sub(w as Tensor, alpha))) as Scalar,
        gradient: [mul(sub(w as Tensor, alpha), 2)],
      }),
      metaparameterGradient: ({ alpha }: Alpha) => mul(sub(alpha, w as Tensor), 2) as Tensor1D,
      mixedDerivatives: () => [[tensor1d([-2])]],
      mixedProduct: (_: Alpha, [direction]: readonly Tensor[]) => mul(direction as Tensor, -2) as Tensor1D,
      hessianVectorProduct: (_: Alpha, [direction]: readonly Tensor[]) => [mul(direction as Tensor, 2)],
    }),
    validation: ({ parameters: [w] }: Weights, _batch: unknown, { alpha }: Alpha) => ({
      value: sum(add(mul(sub(w as Tensor, 2), alpha), 1)) as Scalar,
      gradient: [tensor1d([alpha])],
      metaparameterGradient: sub(w as Tensor, 2) as Tensor1D,
    }),
  };
}
