import type { Tensors } from '@metadistill/models';
import type { Scalar } from '@tensorflow/tfjs-core';

/**
 * (H + damping) x = v, H the Hessian of the training loss at w and v = ∇V: what stands between v and an implicit
 * hypergradient. Borrowed by the solver.
 */
export interface LinearSystem {
  readonly rightHandSide: Tensors;
  /** (H + damping) d: one Hessian-vector product. The product belongs to the caller. */
  multiply(direction: Tensors): Tensors;
  /** The learning rate γ of the point: the step size of solvers that step, unless they are given one. */
  readonly learningRate: number;
  /** (∂w'/∂w)ᵀ q and (∂w'/∂g)ᵀ q of the inner optimizer's step, g not followed to w. Both belong to the caller. */
  pullBack(cotangent: Tensors): { readonly parameters: Tensors; readonly gradient: Tensors };
}

/** What a solver returns; its tensors belong to the caller. */
export interface Solution {
  /** u = −x, in the shapes of v: ⟨u, ∂²L/∂w∂λ_j⟩ is the hypergradient through the weights. */
  readonly direction: Tensors;
  /** ‖v − H x‖ / ‖v‖; left out if it would take another product. */
  readonly residual?: Scalar;
}

/** A way to solve H x = v approximately, as a value: what `implicit` takes. */
export interface Solver {
  readonly name: string;
  /** Disposes of all that it makes but does not return. */
  solve(system: LinearSystem): Solution;
}
