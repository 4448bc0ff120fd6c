import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** What a loss compares the student's logits with. */
export interface Targets {
  /** `[batch]` int32 class indices, 0 <= label < classes. */
  readonly labels: Tensor1D;
  /** `[batch, classes]` teacher logits, unscaled; needed by every loss that distils. */
  readonly teacherLogits?: Tensor2D;
  /** `[batch]` int32 group of each example, such as its index in the data; needed by `groupedTemperature` alone. */
  readonly groups?: Tensor1D;
}

/** The metaparameters of the paper's mix: the share of the teacher's term in the loss, and its temperature. */
export type MixMetaparameter = 'distillationFraction' | 'temperature';

/** Values of named metaparameters, such as `{ distillationFraction: 0.5, temperature: 2 }`. */
export type Metaparameters<Name extends string = string> = Readonly<Record<Name, number>>;

/**
 * A loss ℓ(z, λ) of logits z and metaparameters λ, with its derivatives in closed form.
 *
 * Averages over the batch. Inputs are borrowed, every tensor returned belongs to the caller. `Name` lists the
 * metaparameters that the loss depends on; a loss without any has `Name = never`.
 */
export interface LogitLoss<Name extends string = never> {
  readonly name: string;
  readonly metaparameters: readonly Name[];
  /** Set if it reads the teacher's logits, so that batches without them can be refused before work starts. */
  readonly needsTeacher?: true;
  /** ℓ(z, λ) and ∂ℓ/∂z `[batch, classes]`, from one pass. */
  valueAndGradient(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
  ): { readonly value: Scalar; readonly gradient: Tensor2D };
  /** ∂ℓ/∂λ_j, in the order of `metaparameters`: what a finite difference of the mixed derivative needs. */
  metaparameterGradient(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
  ): Readonly<Record<Name, Scalar>>;
  /** c_j = ∂²ℓ/∂z∂λ_j `[batch, classes]`: all that a hypergradient needs to know of the loss. */
  mixedDerivatives(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
  ): Readonly<Record<Name, Tensor2D>>;
  /** (∂²ℓ/∂z²) ż for ż `[batch, classes]`: what products with the Hessian of a network need. A loss may do without. */
  hessianProduct?(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
    tangent: Tensor2D,
  ): Tensor2D;
}
