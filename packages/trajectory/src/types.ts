/** Metaparameters in a fixed order, as plain numbers, arrays flat: such as `[distillationFraction, temperature]`. */
export type Vector = readonly number[];

/** Predicts one metaparameter from its recent values. */
export interface Predictor {
  readonly name: string;
  /** Fewest values that a fit needs. */
  readonly minimumHistory: number;
  /**
   * Fits the values v_0, ..., v_{n-1} of consecutive iterations.
   * The returned function maps steps ahead h = 1, 2, ... (the value after the last one is h = 1) to a prediction.
   */
  fit(history: readonly number[]): (stepsAhead: number) => number;
}

/** What a controller asks of the next iteration. */
export type Decision =
  /** Compute the hypergradient and update the metaparameters with it. */
  | { readonly action: 'gradient' }
  /** Use these metaparameters; no hypergradient is computed. */
  | { readonly action: 'predict'; readonly metaparameters: Vector }
  /** Keep the metaparameters as they are. */
  | { readonly action: 'hold' };

/**
 * Decides, iteration by iteration, where the metaparameters come from. State in, state out; nothing is mutated,
 * and `State` is plain data that survives JSON, so that a run can be resumed.
 */
export interface Controller<State = unknown> {
  readonly name: string;
  initialize(): State;
  /** Called before iteration `iteration` (from 0) is computed. */
  decide(state: State, iteration: number): Decision;
  /** Called after iteration `iteration` with the metaparameters that it used, and the action that they came from. */
  observe(state: State, iteration: number, action: Decision['action'], metaparameters: Vector): State;
}
