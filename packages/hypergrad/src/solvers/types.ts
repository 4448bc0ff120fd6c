import type { Tensors } from '@metadistill/models';
import type { Scalar } from '@tensorflow/tfjs-core';

/** H x = v, H the Hessian of the training loss at w and v = ∇V: what stands between v and an implicit hypergradient. */
export interface LinearSystem {
  readonly rightHandSide: Tensors;
  /** (H + damping) d: one Hessian-vector product. */
  multiply(direction: Tensors): Tensors;
  /** η of the methods that step. */
  readonly stepSize: number;
  /** (∂w'/∂w)ᵀ q and (∂w'/∂g)ᵀ q of the inner optimizer's step, g not followed to w. */
  readonly pullBack: (cotangent: Tensors) => { readonly parameters: Tensors; readonly gradient: Tensors };
  /** Products at most. */
  readonly iterations: number;
  /** Stops once ‖v − H x‖ <= tolerance · ‖v‖; reads one number back a product. */
  readonly tolerance: number | undefined;
}

/** What a solver returns; its tensors live in the `tf.tidy` around it. */
export interface Solution {
  /** u = −x: ⟨u, ∂²L/∂w∂λ_j⟩ is the hypergradient through the weights. */
  readonly direction: Tensors;
  /** Hessian-vector products made. */
  readonly products: number;
  /** ‖v − H x‖ / ‖v‖; left out where it would take another product. */
  readonly residual?: Scalar;
}

/** Solves H x = v approximately. */
export type Solver = (system: LinearSystem) => Solution;
