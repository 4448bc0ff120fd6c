import type {
  BilevelProblem,
  Cost,
  Diagnostics,
  HypergradientMethod,
  InnerOptimizer,
  MetaparameterSpace,
  OuterOptimizer,
} from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import type { Tensors, Weights } from '@metadistill/models';
import type { Controller, Decision } from '@metadistill/trajectory';
import type { Schedule } from './schedules/schedule.js';

/** Where the batches of a training come from: the batch of an iteration depends on its number alone. */
export interface BatchSource<Batch> {
  /** Lends the batch of iteration 0, 1, ... */
  at(iteration: number): Batch;
  /** Takes a lent batch back; disposes of it if it was made for the loan. */
  release(batch: Batch): void;
}

/**
 * All that the next iteration depends on. Passed back to `train` as `start`, it continues bit for bit; not so with
 * dropout in a `fromLayersModel`, whose sampler is the caller's and no part of the state.
 */
export interface TrainingState<Name extends string> {
  /** The number of the next step. */
  readonly iteration: number;
  readonly weights: Weights;
  readonly optimizerState: Tensors;
  readonly metaparameters: Metaparameters<Name>;
  readonly outerState: unknown;
  readonly controllerState: unknown;
  /** The state of the hypergradient method; empty if it has none, and before the first step. */
  readonly methodState: Tensors;
}

/** What one iteration did. */
export interface StepReport<Name extends string> {
  readonly iteration: number;
  /** Where the metaparameters came from. */
  readonly action: Decision['action'];
  /** Metaparameters after the iteration's update. */
  readonly metaparameters: Metaparameters<Name>;
  /** L(w, λ) on the training batch before the step. */
  readonly trainingLoss: number;
  /** V(w') on the validation batch; only if the action is `gradient`. */
  readonly validationLoss?: number;
  /** dV(w')/dλ; only if the action is `gradient`. */
  readonly hypergradient?: Metaparameters<Name>;
  /** Norms, and whether training and validation gradients conflict; only if the action is `gradient`. */
  readonly diagnostics?: Diagnostics;
  /** What was not finite and why it was passed over, if `onNaN` is `skip` or `zero`. */
  readonly warning?: string;
  /** Metaparameters that sit on one of their bounds after a hypergradient's update. */
  readonly saturated?: readonly Name[];
  /** Network passes of this iteration. */
  readonly cost: Cost;
  /**
   * State after the iteration. Its tensors are lent until the next step is asked for; those of the last report
   * received belong to the receiver (`disposeTrainingState`).
   */
  readonly state: TrainingState<Name>;
}

/** How the metaparameters of a training are tuned. */
export interface MetaOptimization<Name extends string, Batch> {
  readonly method: HypergradientMethod;
  readonly optimizer: OuterOptimizer;
  readonly validationBatches: BatchSource<Batch>;
  /** Decides which iterations compute a hypergradient; see `@metadistill/trajectory`. */
  readonly controller: Controller;
  /** Bounds of the metaparameters, and the coordinates that the outer optimizer moves. */
  readonly space: MetaparameterSpace<Name>;
  /**
   * `simultaneous` (default): the step that the hypergradient differentiates is the step that is taken, and new
   * metaparameters count from the next iteration; an exact hyper-iteration then costs 8 forward passes.
   * `sequential`: the step is taken again with the new metaparameters, as the paper does.
   */
  readonly update?: 'simultaneous' | 'sequential';
  /**
   * What a hypergradient that is not finite does: stops the training (`throw`, default), leaves the metaparameters as
   * they are (`skip`), or counts as zero in each component that is NaN (`zero`, as in the authors' code). The report's
   * `warning` names what was not finite.
   */
  readonly onNaN?: 'throw' | 'skip' | 'zero';
}

/** All that a training is made of. */
export interface TrainOptions<Name extends string, Batch> {
  readonly problem: BilevelProblem<Name, Batch>;
  readonly trainingBatches: BatchSource<Batch>;
  /** Number of iterations in all, those of a resumed `start` included. */
  readonly iterations: number;
  readonly optimizer: InnerOptimizer;
  /** Inner learning rate of an iteration: `() => 0.1`, or `cosineSchedule({ from: 0.1, to: 0, iterations })`. */
  readonly learningRate: Schedule;
  /** A fresh start, or the state of an earlier report. Borrowed. */
  readonly start: TrainingState<Name>;
  /** Without it the metaparameters stay what `start` has. */
  readonly meta?: MetaOptimization<Name, Batch>;
  readonly signal?: AbortSignal;
}
