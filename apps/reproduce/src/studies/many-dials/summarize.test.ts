import { expect, test } from 'vitest';
import { pairedDifference, summarizeArm } from './summarize.js';

const arm = (accuracies: readonly number[], firstSeed = 0) =>
  summarizeArm(
    { name: 'a', description: 'an arm' },
    accuracies.map((testAccuracy, i) => ({
      seed: firstSeed + i,
      validationAccuracy: testAccuracy / 2,
      testAccuracy,
      testNegativeLogLikelihood: 1,
      costMultiple: 1,
      seconds: 1,
    })),
  )!;

test('a recipe has the mean and the population standard deviation of its seeds', () => {
  expect(arm([0.4, 0.6]).test).toEqual({ mean: 0.5, std: expect.closeTo(0.1, 12) });
  expect(arm([0.4, 0.6]).validation.mean).toBe(0.25);
  expect(summarizeArm({ name: 'a', description: '' }, [])).toBe(undefined);
});

test('differences are paired by seed, with an interval of at least five pairs', () => {
  const difference = pairedDifference(arm([0.5, 0.7, 0.9], 1), arm([0, 0.4, 0.5]));
  expect(difference).toMatchObject({ least: expect.closeTo(0.1, 12), most: expect.closeTo(0.2, 12) });
  expect(difference.mean).toBeCloseTo(0.15, 12);
  expect(difference.interval).toBe(undefined);
  const five = pairedDifference(arm([0.5, 0.5, 0.5, 0.5, 0.6]), arm([0.4, 0.4, 0.4, 0.4, 0.4]));
  expect(five.interval!.low).toBeCloseTo(0.1, 12);
  expect(five.interval!.high).toBeLessThanOrEqual(0.2);
});
