import { uniformFrom } from '../random-values.js';

/** Random choices, repeatable by a seed. */
export interface Draw {
  /** A whole number from `least` to `most`. */
  readonly whole: (least: number, most: number) => number;
  readonly oneOf: <Value>(values: readonly Value[]) => Value;
  readonly chance: (probability: number) => boolean;
}

export function drawFrom(seed: number): Draw {
  const uniform = uniformFrom(seed);
  const whole = (least: number, most: number) => least + Math.floor(uniform() * (most - least + 1));
  return {
    whole,
    oneOf: (values) => values[whole(0, values.length - 1)]!,
    chance: (probability) => uniform() < probability,
  };
}
