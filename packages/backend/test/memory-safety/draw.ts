/** Random choices, repeatable by a seed. */
export interface Draw {
  /** A whole number from `least` to `most`. */
  readonly whole: (least: number, most: number) => number;
  readonly oneOf: <Value>(values: readonly Value[]) => Value;
  readonly chance: (probability: number) => boolean;
}

/** By a small generator (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number) => least + Math.floor(uniform() * (most - least + 1));
  return {
    whole,
    oneOf: (values) => values[whole(0, values.length - 1)]!,
    chance: (probability) => uniform() < probability,
  };
}
