/** A searched dimension: uniform on [low, high), or uniform in the logarithm if `scale` is `log`. */
export interface Dimension {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly scale?: 'linear' | 'log';
}

export type Point = Readonly<Record<string, number>>;

/** A point that was tried; smaller `loss` is better. */
export interface Trial {
  readonly id: number;
  readonly point: Point;
  readonly loss: number;
}

/**
 * A black-box search by ask and tell. State in, state out, plain data that survives JSON; `uniform` draws from
 * [0, 1) and is the only source of randomness. Several points may be asked for before any is told.
 */
export interface Search<State = unknown> {
  readonly name: string;
  initialize(space: readonly Dimension[]): State;
  ask(
    state: State,
    uniform: () => number,
  ): { readonly id: number; readonly point: Point; readonly state: State };
  tell(state: State, trial: Trial): State;
  /** The best trial told so far; undefined before the first. */
  best(state: State): Trial | undefined;
}
