import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** What a loss compares the student's logits with. */
export interface Targets {
  /** `[batch]` int32 class indices, 0 <= label < classes. */
  readonly labels: Tensor1D;
  /** `[batch, classes]` teacher logits, unscaled; needed by every loss that distils. */
  readonly teacherLogits?: Tensor2D;
  /** Logits `[batch, classes]` of several teachers, always in the same order; needed by `trustMix`. */
  readonly teachers?: readonly Tensor2D[];
  /** `[batch]` int32 group of each example, such as its index in the data; needed by what is `by: 'group'`. */
  readonly groups?: Tensor1D;
}

/** The metaparameters of the paper's mix: the share of the teacher's term in the loss, and its temperature. */
export type MixMetaparameter = 'distillationFraction' | 'temperature';

/** The names of `Name` that stand for an array of numbers. */
export type ArrayName<Name extends string = string> = Name & `${string}[]`;

/** The names of `Name` that stand for one number. */
export type ScalarName<Name extends string = string> = Exclude<Name, `${string}[]`>;

/**
 * Values of named metaparameters, such as `{ distillationFraction: 0.5, temperature: 2 }`.
 *
 * A name that ends in `[]` stands for an array of any shape, whose numbers are given flat, in row-major order:
 * `{ temperature: 2, 'trust[]': [0.1, 0.9, 0.4, 0.6] }`. Plain data, which JSON and `structuredClone` keep.
 */
export type Metaparameters<Name extends string = string> = {
  readonly [N in Name]: N extends `${string}[]`
    ? readonly number[]
    : string extends N
      ? number | readonly number[]
      : number;
};

/** The shape of each metaparameter that is an array, such as `{ 'trust[]': [4, 10] }`. */
export type Shapes<Name extends string = string> = Readonly<Record<ArrayName<Name>, readonly number[]>>;

/**
 * A loss ℓ(z, λ) of logits z and metaparameters λ, with its derivatives in closed form.
 *
 * Averages over the batch. Inputs are borrowed, every tensor returned belongs to the caller. `Name` lists the
 * metaparameters that the loss depends on; a loss without any has `Name = never`. A loss of arrays states their
 * `shapes` and has a `mixedProduct`.
 */
export interface LogitLoss<Name extends string = never> {
  readonly name: string;
  readonly metaparameters: readonly Name[];
  /** Set if it reads `targets.teacherLogits`, so that batches without them can be refused before work starts. */
  readonly needsTeacher?: true;
  /** How many `targets.teachers` it reads, for the same reason; one may come as `teacherLogits`. Left out if none. */
  readonly needsTeachers?: number;
  /** The shape of each metaparameter whose name ends in `[]`; left out if all are numbers. */
  readonly shapes?: Shapes<Name>;
  /** ℓ(z, λ) and ∂ℓ/∂z `[batch, classes]`, from one pass. */
  valueAndGradient(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
  ): { readonly value: Scalar; readonly gradient: Tensor2D };
  /**
   * ∂ℓ/∂λ_j for each metaparameter, what a finite difference of the mixed derivative needs: a scalar for a number, a
   * tensor of its shape for an array. A loss with `exampleLosses` takes `exampleWeights` `[batch]` in place of 1/batch:
   * Σ_b weight_b ∂ℓ_b/∂λ_j.
   */
  metaparameterGradient(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
    exampleWeights?: Tensor1D,
  ): Readonly<Record<Name, Tensor>>;
  /** c_j = ∂²ℓ/∂z∂λ_j `[batch, classes]` for each metaparameter that is a number: all that a hypergradient needs to know of it. */
  mixedDerivatives(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
  ): Readonly<Record<ScalarName<Name>, Tensor2D>>;
  /**
   * ⟨∂²ℓ/∂z∂λ_j, ż⟩ for ż `[batch, classes]`, in the shapes of `metaparameterGradient`: what a hypergradient needs to
   * know of an array, for all of its numbers at once. A loss of numbers alone may do without.
   */
  mixedProduct?(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
    tangent: Tensor2D,
  ): Readonly<Record<Name, Tensor>>;
  /**
   * ℓ_b `[batch]`, whose mean is ℓ: what `weightedExamples` needs. Only for a loss in which no example sees another: a row
   * of its gradient, times the batch, is then ∂ℓ_b/∂z_b.
   */
  exampleLosses?(studentLogits: Tensor2D, targets: Targets, metaparameters: Metaparameters<Name>): Tensor1D;
  /** (∂²ℓ/∂z²) ż for ż `[batch, classes]`: what products with the Hessian of a network need. A loss may do without. */
  hessianProduct?(
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<Name>,
    tangent: Tensor2D,
  ): Tensor2D;
}
