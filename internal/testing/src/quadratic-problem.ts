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

export type Matrix = readonly (readonly number[])[];
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
 * Every hypergradient has a closed form: after one step z₁ = z − γ(Az + Cᵀx + a) it is h − γ C(F z₁ + f).
 */
export function quadraticProblem(q: Quadratic) {
  const metaparameters = q.C.map((_, j) => `x${j}`);
  const matrix = (values: Matrix) => tensor2d(values.map((row) => [...row]));
  const product = (values: Matrix, vector: Tensor): Tensor1D =>
    dot(matrix(values), vector as Tensor1D) as Tensor1D;
  const at = (x: Named) => tensor1d(metaparameters.map((name) => x[name] as number));
  const mixedProduct = (_x: Named, [direction]: readonly Tensor[]) => product(q.C, direction as Tensor);
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
      mixedProductByJvp: mixedProduct,
      mixedProductByVjps: mixedProduct,
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

/** The one-step hypergradient of the quadratic problem in float64. */
export function quadraticHypergradient(
  q: Quadratic,
  z: readonly number[],
  x: readonly number[],
  learningRate: number,
): number[] {
  const times = (matrix: Matrix, vector: readonly number[]) =>
    matrix.map((row) => row.reduce((sum, value, i) => sum + value * (vector[i] as number), 0));
  const transposed = z.map((_, i) => q.C.map((row) => row[i] as number));
  const Az = times(q.A, z);
  const Cx = times(transposed, x);
  const next = z.map(
    (value, i) => value - learningRate * ((Az[i] as number) + (Cx[i] as number) + (q.a[i] as number)),
  );
  const v = times(q.F, next).map((value, i) => value + (q.f[i] as number));
  return times(q.C, v).map((value, j) => (q.h[j] as number) - learningRate * value);
}
