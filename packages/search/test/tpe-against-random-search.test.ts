import { describe, expect, test } from 'vitest';
import { randomSearch, tpe } from '../src/index.js';
import { branin, hartmann3, median, minimize, quadratic } from './minimize.js';

// As many runs as it takes for the medians to settle: both searches draw at random.
const seeds = Array.from({ length: 101 }, (_, seed) => seed);

describe.each([
  ['Branin', branin],
  ['Hartmann-3', hartmann3],
  ['a quadratic', quadratic],
] as const)('on %s', (_, problem) => {
  test('50 trials find no worse a median than 100 trials of random search', () => {
    const found = median(seeds.map((seed) => minimize(tpe(), problem, 50, seed).best));
    const random = median(seeds.map((seed) => minimize(randomSearch(), problem, 100, seed + 1000).best));
    expect(found).toBeGreaterThanOrEqual(problem.minimum - 1e-4);
    expect(found).toBeLessThanOrEqual(random);
  });
});
