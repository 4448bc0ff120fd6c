import type { Metaparameters } from '@metadistill/losses';
import type { HypergradientInput, HypergradientMethod } from '../types.js';

/** `inconclusive`: float32 rounding hides what was to be measured. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** One thing that was checked. */
export interface HypergradientCheck {
  readonly name: string;
  readonly verdict: Verdict;
  readonly measured: number;
  /** What `measured` has to be: `at most 0.01`, say. */
  readonly expected: string;
  /** Where the limit comes from, or why nothing can be said. */
  readonly reason: string;
  /** What to do if it does not pass. */
  readonly advice: string;
}

/** What `verifyHypergradient` found: plain data. */
export interface HypergradientReport<Name extends string = string> {
  /** Every check passed. */
  readonly passed: boolean;
  readonly checks: readonly HypergradientCheck[];
  /** By the first method. */
  readonly gradient: Metaparameters<Name>;
  /**
   * By differences of V(w'(λ)): by each metaparameter that is a number, by some numbers of each array, and along one
   * direction in which all of the array moves.
   */
  readonly differences: readonly DifferenceAlong[];
  readonly taylor: TaylorTest;
  /**
   * Relative distance of every pair of `names`: the difference, then the methods. With `scaleFree` in units of at least a
   * hundredth of the gradient that is not: rounding of what is taken out stays.
   */
  readonly agreement: {
    readonly names: readonly string[];
    readonly distances: readonly (readonly number[])[];
  };
  /** The largest |⟨Ju, c⟩ − ⟨u, Jᵀc⟩| / (‖u‖ ‖Jᵀc‖); left out if the problem has no forward-mode rule. */
  readonly adjointGap?: number;
  /** |⟨Hd, Hd⟩ − ⟨d, H(Hd)⟩| / ⟨Hd, Hd⟩; left out if the problem has no exact second-order rule. */
  readonly symmetryGap?: number;
  readonly leakedTensors: number;
}

/** The derivative of V along one direction, and the difference of V that it is held to. */
export interface DifferenceAlong {
  /** `temperature`, `trust[][3]`, or `trust[] along a direction`. */
  readonly name: string;
  /** By the first method. */
  readonly hypergradient: number;
  /** With an estimate of its own error. */
  readonly difference: Estimate;
}

/** A number and how far it may be off. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** |V(w'(λ + hd)) − V(w'(λ)) − h⟨dV/dλ, d⟩| for falling h: of second order if the gradient is right. */
export interface TaylorTest {
  readonly steps: readonly number[];
  readonly remainders: readonly number[];
  /** The slope of log remainder over log step, of the remainders that stand out of rounding; undefined if too few do. */
  readonly slope: number | undefined;
  /** The size that rounding alone can give a remainder. */
  readonly noise: number;
  /** |⟨dV/dλ, d⟩|: what the remainders are to be compared with. */
  readonly firstOrder: number;
}

export interface VerifyHypergradientOptions<Name extends string, TrainingBatch, ValidationBatch>
  extends Pick<
    HypergradientInput<Name, TrainingBatch, ValidationBatch>,
    'problem' | 'point' | 'trainingBatch' | 'validationBatch'
  > {
  /**
   * Differentiates steps whose gradients keep their lengths, and holds the derivative to differences of such steps:
   * see `mixed`. Default false.
   */
  readonly scaleFree?: boolean;
  /**
   * Exact one-step methods that have to agree; by default `mixed` both ways, and one step of `unrolled`, `forwardMode` and
   * `implicit`. With `scaleFree` all of them have to be so; by default `implicit`, which is not, is left out.
   */
  readonly methods?: readonly HypergradientMethod[];
  /** Methods shown beside them without a verdict; by default `finiteDifference()`, the paper's. */
  readonly shown?: readonly HypergradientMethod[];
  /**
   * How far each metaparameter is moved, up and down, and each number of an array; by default half of its size, or 0.5 at
   * zero.
   */
  readonly reach?: Partial<Readonly<Record<NoInfer<Name>, number>>>;
  /** Largest relative distance from the brute-force difference; default 0.01. */
  readonly tolerance?: number;
}
