import type { Metaparameters } from '@metadistill/losses';
import type { Tensors, Weights } from '@metadistill/models';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';

/** Network passes that a computation made: what costs are compared by. */
export interface Cost {
  readonly forwards: number;
  readonly backwards: number;
  readonly jvps: number;
}

/**
 * The training loss L(w, λ) on one batch at one w. Everything asked of it shares one forward pass.
 * It lives in the `tf.tidy` around its making; what its functions return belongs to the caller.
 */
export interface TrainingPoint<Name extends string> {
  /** Running statistics after this batch. */
  readonly statistics: Tensors;
  /** L and ∇_w L at λ: one backward pass. */
  valueAndGradient(metaparameters: Metaparameters<Name>): {
    readonly value: Scalar;
    readonly gradient: Tensors;
  };
  /** ∂L/∂λ, `[metaparameters]`: no pass through the network where λ enters after the logits. */
  metaparameterGradient(metaparameters: Metaparameters<Name>): Tensor1D;
  /** [⟨u, ∂²L/∂w∂λ_j⟩]_j, `[metaparameters]`, by one forward-mode pass along u. */
  mixedProductByJvp(metaparameters: Metaparameters<Name>, direction: Tensors): Tensor1D;
  /** The same by one backward pass a metaparameter. */
  mixedProductByVjps(metaparameters: Metaparameters<Name>, direction: Tensors): Tensor1D;
}

/**
 * min_λ V(w(λ), λ), where w follows gradient steps on a training loss L(w, λ).
 *
 * Distillation is one such problem (`logitProblem`), ridge regression another.
 */
export interface BilevelProblem<Name extends string, TrainingBatch, ValidationBatch = TrainingBatch> {
  /** The order of every `[metaparameters]` tensor. */
  readonly metaparameters: readonly Name[];
  training(weights: Weights, batch: TrainingBatch): TrainingPoint<Name>;
  /** V and ∇_w V at w: one forward and one backward pass; moves no running statistics. */
  validation(
    weights: Weights,
    batch: ValidationBatch,
    metaparameters: Metaparameters<Name>,
  ): {
    readonly value: Scalar;
    readonly gradient: Tensors;
    /** The direct term ∂V/∂λ, `[metaparameters]`; left out where V does not depend on λ but through w. */
    readonly metaparameterGradient?: Tensor1D;
  };
}

/** What a step of an inner optimizer is made from. */
export interface InnerStepInput {
  readonly parameters: Tensors;
  /** ∇_w L, in the order of the parameters. */
  readonly gradient: Tensors;
  /** Moments, as `initialize` or the last step made them. */
  readonly state: Tensors;
  readonly learningRate: number;
}

/** How the weights follow the gradient of the training loss: w' = Φ(w, g, state). All tensors made are the caller's. */
export interface InnerOptimizer {
  readonly name: string;
  /** Zero moments for these parameters; empty where the rule has none. */
  initialize(parameters: Tensors): Tensors;
  step(input: InnerStepInput): { readonly parameters: Tensors; readonly state: Tensors };
  /** u = (∂w'/∂g)ᵀ v: how a cotangent of the new weights looks from the gradient's side. */
  pullBack(input: InnerStepInput, cotangent: Tensors): Tensors;
}

/** Where a hypergradient is taken: the weights, and the step that leads away from them. */
export interface InnerPoint<Name extends string> {
  readonly weights: Weights;
  readonly metaparameters: Metaparameters<Name>;
  readonly optimizer: InnerOptimizer;
  readonly optimizerState: Tensors;
  /** Of the step w -> w'. */
  readonly learningRate: number;
}

/** What a method returns. Every tensor belongs to the caller. */
export interface HypergradientTensors {
  /** dV(w'(λ), λ)/dλ, `[metaparameters]`. */
  readonly gradient: Tensor1D;
  /** V(w'). */
  readonly validationLoss: Scalar;
  /** L(w, λ). */
  readonly trainingLoss: Scalar;
  /** ‖∇V(w')‖. */
  readonly validationGradientNorm: Scalar;
  /** The step that was differentiated, w' with its statistics and optimizer state: a real step at the same λ. */
  readonly next: { readonly weights: Weights; readonly optimizerState: Tensors };
}

/** A way to compute dV(w')/dλ, as a value. */
export interface HypergradientMethod {
  readonly name: string;
  /** Passes of one call for that many metaparameters. */
  cost(metaparameters: number): Cost;
  /** Its own `tf.tidy`; borrows all that it is given. */
  evaluate<Name extends string, TrainingBatch, ValidationBatch>(
    problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
    point: InnerPoint<Name>,
    trainingBatch: TrainingBatch,
    validationBatch: ValidationBatch,
  ): HypergradientTensors;
}

/** A rule that moves metaparameters along a hypergradient: plain numbers, state in and out. */
export interface OuterOptimizer<State = unknown> {
  readonly name: string;
  initialize(metaparameters: readonly number[]): State;
  update(
    metaparameters: readonly number[],
    gradient: readonly number[],
    state: State,
  ): { readonly metaparameters: readonly number[]; readonly state: State };
}
