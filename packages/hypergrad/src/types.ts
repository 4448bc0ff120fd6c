import type { Metaparameters, Shapes } from '@metadistill/losses';
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
 * It lives in the `tf.tidy` around its making; what its functions return belongs to the caller, and is all that they leave.
 */
export interface TrainingPoint<Name extends string> {
  /** Running statistics after this batch. */
  readonly statistics: Tensors;
  /** L and ∇_w L at λ: one backward pass. */
  valueAndGradient(metaparameters: Metaparameters<Name>): {
    readonly value: Scalar;
    readonly gradient: Tensors;
  };
  /** ∂L/∂λ, `[entries]`: no pass through the network if λ enters after the logits. */
  metaparameterGradient(metaparameters: Metaparameters<Name>): Tensor1D;
  /**
   * ∂²L/∂w∂λ_j, tensors in the shapes of the parameters for each metaparameter: one backward pass each. Refused if one of
   * them is an array, whose numbers would need one each.
   */
  mixedDerivatives(metaparameters: Metaparameters<Name>): readonly Tensors[];
  /**
   * [⟨u, ∂²L/∂w∂λ_j⟩]_j, `[entries]`, by one pass along u for all of them; left out if the problem has no forward-mode
   * rule.
   */
  mixedProduct?(metaparameters: Metaparameters<Name>, direction: Tensors): Tensor1D;
  /** (∂²L/∂w²) d on this batch, batch statistics differentiated through and running ones left alone. */
  hessianVectorProduct(metaparameters: Metaparameters<Name>, direction: Tensors): Tensors;
  /**
   * L and ∇_w L with the exact derivatives of ∇_w L: one backward pass, kept for all that is asked of it. Left out if
   * the problem has no such rule; `hessianVectorProduct` and the others are used then.
   */
  linearize?(metaparameters: Metaparameters<Name>): LinearizedGradient;
}

export interface TrainingPointOptions {
  /**
   * `valueAndGradient` is asked for at most once and after all else: the problem may dispose of the activations while it
   * makes the gradient. Default false.
   */
  readonly once?: boolean;
}

/** L and ∇_w L at one (w, λ), and how ∇_w L moves with both. Lives in the `tf.tidy` around its making. */
export interface LinearizedGradient {
  readonly value: Scalar;
  readonly gradient: Tensors;
  /** Along a direction d in w: one forward-mode pass. */
  along(direction: Tensors): {
    /** [⟨d, ∂²L/∂w∂λ_j⟩]_j, `[entries]`: no further pass. */
    mixedProduct(): Tensor1D;
    /** (∂²L/∂w²) d, plus ∂²L/∂w∂λ_j if a j is given and λ_j is a number: as much as two backward passes. */
    gradientTangent(j?: number): Tensors;
  };
}

/** Passes of what a problem computes at one point; what is left out counts as in a `logitProblem`. */
export interface OperationCosts {
  readonly training: Cost;
  readonly valueAndGradient: Cost;
  readonly metaparameterGradient: Cost;
  readonly mixedDerivatives: Cost;
  readonly mixedProduct: Cost;
  readonly hessianVectorProduct: Cost;
  readonly linearize: Cost;
  /** A direction along what `linearize` gives. */
  readonly along: Cost;
  readonly gradientTangent: Cost;
  readonly validation: Cost;
}

/**
 * min_λ V(w(λ), λ), where w follows gradient steps on a training loss L(w, λ).
 *
 * Distillation is one such problem (`logitProblem`), any other is written with `functionProblem`.
 */
export interface BilevelProblem<Name extends string, TrainingBatch, ValidationBatch = TrainingBatch> {
  /** Their order is that of every `[entries]` tensor, in which an array is flat: see `metaparameterLayout`. */
  readonly metaparameters: readonly Name[];
  /** The shape of each metaparameter whose name ends in `[]`; left out if all are numbers. */
  readonly shapes?: Shapes<Name>;
  readonly costs?: Partial<OperationCosts>;
  /** Its products with ∂²L/∂w∂λ are differences, good to some three digits in float32; exact if left out. */
  readonly isDifferenced?: boolean;
  /** Throws if a validation batch lacks what the validation loss reads: for a trainer to ask before its first step. */
  checkValidationBatch?(batch: ValidationBatch): void;
  training(weights: Weights, batch: TrainingBatch, options?: TrainingPointOptions): TrainingPoint<Name>;
  /**
   * Refuses a batch for what its shapes do not tell, such as a label that is no class. Reads it back, so that `hypergradient`
   * asks for it and a training does not. `name` is what errors call the batch.
   */
  checkBatch?(batch: TrainingBatch | ValidationBatch, name: string): Promise<void>;
  /** V and ∇_w V at w: one forward and one backward pass; moves no running statistics. */
  validation(
    weights: Weights,
    batch: ValidationBatch,
    metaparameters: Metaparameters<Name>,
  ): ValidationResult;
}

/** The validation loss V(w, λ) and its derivatives. */
export interface ValidationResult {
  readonly value: Scalar;
  readonly gradient: Tensors;
  /** The direct term ∂V/∂λ, `[entries]`; left out if V depends on λ through w alone. */
  readonly metaparameterGradient?: Tensor1D;
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

/** How the weights follow the gradient of the training loss: (w', s') = Φ(w, g, s). What its functions return belongs to the caller, and is all that they leave. */
export interface InnerOptimizer {
  readonly name: string;
  /** Zero moments for these parameters; empty if the rule has none. */
  initialize(parameters: Tensors): Tensors;
  step(input: InnerStepInput): { readonly parameters: Tensors; readonly state: Tensors };
  /** Jᵀ of the step: what a cotangent of (w', s') is to (w, g, s). A state left out of the cotangent counts as zero. */
  vjp(
    input: InnerStepInput,
    cotangent: { readonly parameters: Tensors; readonly state?: Tensors },
  ): { readonly parameters: Tensors; readonly gradient: Tensors; readonly state: Tensors };
  /** J of the step: how (w', s') move when (w, g, s) move along a tangent. */
  jvp(
    input: InnerStepInput,
    tangent: { readonly parameters: Tensors; readonly gradient: Tensors; readonly state: Tensors },
  ): { readonly parameters: Tensors; readonly state: Tensors };
}

/** Where a hypergradient is taken: the weights, and the step that leads away from them. */
export interface InnerPoint<Name extends string> {
  readonly weights: Weights;
  readonly metaparameters: Metaparameters<Name>;
  readonly optimizer: InnerOptimizer;
  readonly optimizerState: Tensors;
  /** γ of the step w -> w', at least 0. */
  readonly learningRate: number;
}

/** A training step that a method looks ahead to. */
export interface LaterStep<TrainingBatch> {
  readonly batch: TrainingBatch;
  readonly learningRate: number;
}

/** What a step w -> w' is computed from. All of it is borrowed, and none of it changed. */
export interface StepInput<Name extends string, TrainingBatch, ValidationBatch> {
  readonly problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>;
  readonly point: InnerPoint<NoInfer<Name>>;
  readonly trainingBatch: NoInfer<TrainingBatch>;
  /** The method's state after the last step; empty or left out before the first. */
  readonly state?: Tensors;
}

/** What a hypergradient is computed from. All of it is borrowed, and none of it changed. */
export interface HypergradientInput<Name extends string, TrainingBatch, ValidationBatch>
  extends StepInput<Name, TrainingBatch, ValidationBatch> {
  readonly validationBatch: NoInfer<ValidationBatch>;
  /** Steps after w -> w', `lookahead` of them; by default the first batch and learning rate again. */
  readonly later?: readonly LaterStep<NoInfer<TrainingBatch>>[];
}

/** What a hypergradient was made of, as `Scalar` or read back as `number`. */
export interface Diagnostics<Value = number> {
  /** ‖∇V‖ at the weights where V was taken. */
  readonly validationGradientNorm: Value;
  /** cos(∇L(w), ∇V): below 0 a training step raises the validation loss. 0 if one of them vanishes. */
  readonly gradientCosine: Value;
  /** ‖v − H x‖ / ‖v‖ of an implicit method's linear system. */
  readonly residual?: Value;
  /** ε of a finite difference, in units of its direction. */
  readonly differenceStep?: Value;
}

/** What a method returns. Every tensor belongs to the caller. */
export interface HypergradientTensors {
  /** dV/dλ, `[entries]`. */
  readonly gradient: Tensor1D;
  /** V(w'), or V at the last step that the method looks ahead to. */
  readonly validationLoss: Scalar;
  /** L(w, λ). */
  readonly trainingLoss: Scalar;
  readonly diagnostics: Diagnostics<Scalar>;
  /** The step w -> w', with its statistics and optimizer state: a real step at the same λ. */
  readonly next: { readonly weights: Weights; readonly optimizerState: Tensors };
  /** The method's state after that step; empty if it has none. */
  readonly state: Tensors;
  /** Passes that this call made. */
  readonly cost: Cost;
}

/** A way to compute dV/dλ, as a value. */
export interface HypergradientMethod {
  readonly name: string;
  /** Steps after w -> w' that it needs batches for; none if left out. */
  readonly lookahead?: number;
  /** Runs in its own `tf.tidy`: what it returns is all that it leaves. */
  evaluate<Name extends string, TrainingBatch, ValidationBatch>(
    input: HypergradientInput<Name, TrainingBatch, ValidationBatch>,
  ): HypergradientTensors;
  /**
   * A plain step w -> w' that keeps the method's state up to date; left out if the method has none.
   * Runs in its own `tf.tidy`: what it returns is all that it leaves.
   */
  advance?<Name extends string, TrainingBatch, ValidationBatch>(
    input: StepInput<Name, TrainingBatch, ValidationBatch>,
  ): Pick<HypergradientTensors, 'trainingLoss' | 'next' | 'state' | 'cost'>;
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
