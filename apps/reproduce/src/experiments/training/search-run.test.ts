import type { MixMetaparameter } from '@metadistill/losses';
import { DivergedError, type TrainingState } from '@metadistill/trainer';
import { expect, test } from 'vitest';
import type { Measurement } from './measured-training.js';
import { type SearchRunOptions, searchRun } from './search-run.js';

const settings = { searchTrials: 5, temperatureLow: 0.1, temperatureHigh: 10 };

/** A search over trainings that are best at the fraction 0.7; the fractions that it asks for, and the best one's. */
async function fractionsOf(
  search: 'random' | 'tpe',
  trials?: number,
  {
    divergesAt = () => false,
    ...options
  }: { divergesAt?: (fraction: number) => boolean } & Partial<SearchRunOptions> = {},
) {
  const asked: number[] = [];
  const shares: number[] = [];
  const best = await searchRun({
    method: { kind: 'search', search, ...(trials !== undefined && { trials }) },
    settings,
    seed: 43,
    progress: (done, total) => shares.push(done / total),
    ...options,
    async *train({ distillationFraction, temperature }, _, progress) {
      asked.push(distillationFraction);
      progress(1, 2);
      if (divergesAt(distillationFraction)) throw new DivergedError('the training loss', Number.NaN, 1, {});
      const accuracy = 1 - Math.abs(distillationFraction - 0.7);
      const measurement: Measurement = {
        state: {} as TrainingState<MixMetaparameter>,
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
  return { asked, best, shares };
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

test('a training that diverges is the worst, and the search continues', async () => {
  const { asked, best } = await fractionsOf('random', 10, { divergesAt: (fraction) => fraction > 0.6 });
  expect(asked).toHaveLength(10);
  const nearest = Math.max(...asked.filter((fraction) => fraction <= 0.6));
  expect(best[0]?.distillationFraction).toBe(nearest);
});

test('if all trainings diverge, so does the search', async () => {
  await expect(fractionsOf('random', 3, { divergesAt: () => true })).rejects.toThrow(
    'the training loss is NaN at iteration 1',
  );
});

test('progress is that of all trainings', async () => {
  expect((await fractionsOf('random', 4)).shares).toEqual([1, 3, 5, 7].map((eighths) => eighths / 8));
});

test('trainings are chosen by the score that is asked for', async () => {
  const { asked, best } = await fractionsOf('random', 10, { score: ([accuracy]) => -(accuracy as number) });
  const distances = asked.map((fraction) => Math.abs(fraction - 0.7));
  expect(best[0]?.testAccuracy).toBeCloseTo(1 - Math.max(...distances), 12);
});
