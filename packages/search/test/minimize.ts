import type { Dimension, Point, Search } from '../src/types.js';
import { seededUniform } from './random.js';

/** Runs a search one trial at a time, and returns the best loss and the last state. */
export function minimize<State>(
  search: Search<State>,
  problem: Problem,
  trials: number,
  seed: number,
): { best: number; state: State } {
  const uniform = seededUniform(seed);
  let state = search.initialize(problem.space);
  for (let trial = 0; trial < trials; trial += 1) {
    const { id, point, state: asked } = search.ask(state, uniform);
    state = search.tell(asked, { id, point, loss: problem.loss(point) });
  }
  return { best: search.best(state)?.loss as number, state };
}

export interface Problem {
  readonly space: readonly Dimension[];
  readonly loss: (point: Point) => number;
  readonly minimum: number;
}

const at = (point: Point, name: string): number => point[name] as number;

/** Branin's function on its usual box: three minima of 0.397887. */
export const branin: Problem = {
  space: [
    { name: 'x', low: -5, high: 10 },
    { name: 'y', low: 0, high: 15 },
  ],
  loss: (point) => {
    const [x, y] = [at(point, 'x'), at(point, 'y')];
    const valley = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
    return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
  minimum: 0.397887,
};

const hartmannA = [
  [3, 10, 30],
  [0.1, 10, 35],
  [3, 10, 30],
  [0.1, 10, 35],
];
const hartmannP = [
  [0.3689, 0.117, 0.2673],
  [0.4699, 0.4387, 0.747],
  [0.1091, 0.8732, 0.5547],
  [0.0381, 0.5743, 0.8828],
];

/** Hartmann's function of three variables: a minimum of −3.86278. */
export const hartmann3: Problem = {
  space: ['a', 'b', 'c'].map((name) => ({ name, low: 0, high: 1 })),
  loss: (point) => {
    const x = ['a', 'b', 'c'].map((name) => at(point, name));
    return -[1, 1.2, 3, 3.2].reduce((sum, weight, i) => {
      const exponent = x.reduce(
        (total, value, j) =>
          total + (hartmannA[i]?.[j] as number) * (value - (hartmannP[i]?.[j] as number)) ** 2,
        0,
      );
      return sum + weight * Math.exp(-exponent);
    }, 0);
  },
  minimum: -3.86278,
};

/** A quadratic of a linear and a logarithmic dimension, as distillation has: a minimum of 0 at (0.7, 3). */
export const quadratic: Problem = {
  space: [
    { name: 'distillationFraction', low: 0, high: 1 },
    { name: 'temperature', low: 0.1, high: 10, scale: 'log' },
  ],
  loss: (point) =>
    (at(point, 'distillationFraction') - 0.7) ** 2 + (Math.log10(at(point, 'temperature') / 3) / 2) ** 2,
  minimum: 0,
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
};
