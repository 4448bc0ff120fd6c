import {
  add,
  addN,
  dot,
  mul,
  type Scalar,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Matrix } from './matrices.js';

type Weights = { readonly parameters: readonly Tensor[]; readonly statistics: readonly Tensor[] };
type Named = Readonly<Record<string, number>>;

/** Coefficients of the quadratic bilevel problem; A and F are symmetric. */
export interface Quadratic {
  readonly A: Matrix; // [n, n]
  readonly C: Matrix; // [m, n]
  readonly a: readonly number[]; // [n]
  readonly F: Matrix; // [n, n]
  readonly f: readonly number[]; // [n]
  readonly h: readonly number[]; // [m]
}

/**
 * L(z, x) = ½ zᵀAz + xᵀCz + aᵀz and V(z, x) = ½ zᵀFz + fᵀz + hᵀx (benchopt's bilevel benchmark).
 *
 * The weights are one tensor z `[n]`, the metaparameters are named x0, x1, ...; batches are not looked at.
 * Every hypergradient has a closed form, see `quadraticUnrolled` and `quadraticImplicit`.
 */
export function quadraticProblem(q: Quadratic) {
  const metaparameters = q.C.map((_, j) => `x${j}`);
  const matrix = (values: Matrix) => tensor2d(values.map((row) => [...row]));
  const product = (values: Matrix, vector: Tensor): Tensor1D =>
    dot(matrix(values), vector as Tensor1D) as Tensor1D;
  const at = (x: Named) => tensor1d(metaparameters.map((name) => x[name] as number));
  return {
    metaparameters,
    training: ({ parameters: [z] }: Weights) => ({
      statistics: [],
      valueAndGradient(x: Named) {
        const pull = add(dot(transpose(matrix(q.C)), at(x)), tensor1d([...q.a]));
        const curved = product(q.A, z as Tensor);
        const value = add(mul(dot(curved, z as Tensor), 0.5), dot(pull, z as Tensor)) as Scalar;
        return { value, gradient: [add(curved, pull)] };
      },
      metaparameterGradient: () => product(q.C, z as Tensor),
      mixedDerivatives: () => q.C.map((row) => [tensor1d([...row])]),
      mixedProduct: (_x: Named, [direction]: readonly Tensor[]) => product(q.C, direction as Tensor),
      hessianVectorProduct: (_x: Named, [direction]: readonly Tensor[]) => [
        product(q.A, direction as Tensor),
      ],
    }),
    validation({ parameters: [z] }: Weights, _batch: unknown, x: Named) {
      const curved = product(q.F, z as Tensor);
      const value = addN([
        mul(dot(curved, z as Tensor), 0.5),
        dot(tensor1d([...q.f]), z as Tensor),
        dot(tensor1d([...q.h]), at(x)),
      ]) as Scalar;
      return {
        value,
        gradient: [add(curved, tensor1d([...q.f]))],
        metaparameterGradient: tensor1d([...q.h]),
      };
    },
  };
}
