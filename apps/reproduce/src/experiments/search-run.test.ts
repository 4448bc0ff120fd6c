import type { TrainingState } from '@metadistill/trainer';
import { expect, test } from 'vitest';
import type { MetaparameterName } from './draw-metaparameters.js';
import type { Measurement } from './measured-training.js';
import { searchRun } from './search-run.js';

const settings = { searchTrials: 5, temperatureLow: 0.1, temperatureHigh: 10 };

/** A search over trainings that are best at the fraction 0.7; the fractions that it asks for, and the best one's. */
async function fractionsOf(search: 'random' | 'tpe', trials?: number) {
  const asked: number[] = [];
  const best = await searchRun({
    method: { kind: 'search', search, ...(trials !== undefined && { trials }) },
    settings,
    seed: 43,
    async *train({ distillationFraction, temperature }) {
      asked.push(distillationFraction);
      const accuracy = 1 - Math.abs(distillationFraction - 0.7);
      const measurement: Measurement = {
        state: {} as TrainingState<MetaparameterName>,
        cost: { forwards: 1, backwards: 1, jvps: 0 },
        validationAccuracy: accuracy,
        evaluation: {
          epoch: 0,
          iteration: 1,
          testAccuracy: accuracy,
          testLoss: null,
          validationLoss: null,
          distillationFraction,
          temperature,
          forwardEquivalents: 3,
        },
      };
      yield measurement;
    },
  });
  return { asked, best };
}

test("five trials of tpe, the paper's use of hyperopt, are random search", async () => {
  const { asked } = await fractionsOf('tpe');
  expect(asked).toHaveLength(5);
  expect(asked).toEqual((await fractionsOf('random')).asked);
});

test('of 25 trials tpe draws the first 20 at random, and asks for the others by its model', async () => {
  const [guided, random] = [await fractionsOf('tpe', 25), await fractionsOf('random', 25)];
  expect(guided.asked.slice(0, 20)).toEqual(random.asked.slice(0, 20));
  expect(guided.asked.slice(20)).not.toEqual(random.asked.slice(20));
});

test('the best training counts, at the cost of all', async () => {
  const { asked, best } = await fractionsOf('random', 10);
  const distances = asked.map((fraction) => Math.abs(fraction - 0.7));
  expect(best).toHaveLength(1);
  expect(best[0]?.testAccuracy).toBeCloseTo(1 - Math.min(...distances), 12);
  expect(best[0]?.forwardEquivalents).toBe(30);
});
