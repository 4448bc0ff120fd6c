import { inFloat64 } from '@metadistill/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossEntropy } from '../src/classification/cross-entropy.js';
import { smoothedCrossEntropy } from '../src/classification/smoothed-cross-entropy.js';
import { standardizeLogits } from '../src/combine/standardize-logits.js';
import { convexMix } from '../src/distillation/convex-mix.js';
import { dist } from '../src/distillation/dist.js';
import { distillation } from '../src/distillation/distillation.js';
import { dkd } from '../src/distillation/dkd.js';
import { groupedTemperature } from '../src/distillation/grouped-temperature.js';
import { nkd } from '../src/distillation/nkd.js';
import { transformedTeacher } from '../src/distillation/transformed-teacher.js';
import type { LogitLoss } from '../src/types.js';
import { arbitraryBatch } from './arbitrary-batch.js';
import { type Batch, type Evaluated, evaluateLoss } from './evaluate-loss.js';
import { mean } from './float64-reference.js';

const scaling = 'squared';
const divergences = ['forwardKL', 'reverseKL', 'softCrossEntropy', 'jensenShannon'] as const;

/** Losses that vanish where the student is its teacher. */
const matching: readonly LogitLoss<string>[] = [
  distillation({ scaling }),
  distillation({ divergence: 'reverseKL', scaling }),
  distillation({ divergence: 'jensenShannon', scaling }),
  groupedTemperature({ scaling, by: 'label', count: 6 }),
  dkd({ scaling }),
  dist({ scaling }),
  transformedTeacher({ weighted: false }),
  transformedTeacher({ weighted: true }),
  standardizeLogits(distillation({ scaling }), { unbiased: true }),
  standardizeLogits(distillation({ scaling }), { unbiased: false }),
];
const all: readonly LogitLoss<string>[] = [
  ...matching,
  crossEntropy(),
  smoothedCrossEntropy(),
  distillation({ divergence: 'softCrossEntropy', scaling }),
  convexMix({ scaling }),
  nkd(),
];
const named = (losses: readonly LogitLoss<string>[]) => losses.map((loss) => [loss.name, loss] as const);

/** Every metaparameter at the same value. */
const evaluateAt = (loss: LogitLoss<string>, batch: Batch, value: number): Evaluated =>
  inFloat64(() =>
    evaluateLoss(loss, batch, Object.fromEntries(loss.metaparameters.map((name) => [name, value]))),
  );

/** Rows with a spread: where one is constant, correlations and standardisation have a kink. */
const tilted = (rows: Batch['student']) =>
  rows.map((row, i) => row.map((value, k) => value + 12 * ((3 * i + 2 * k) % 4)));

describe.each(named(all))('%s', (_, loss) => {
  test('a constant added to a row of logits changes nothing', () => {
    const batches = arbitraryBatch(5, 3);
    const shifts = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(batches, shifts, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (any, by, value) => {
        const batch = { ...any, student: tilted(any.student), teacher: tilted(any.teacher) };
        const shifted = {
          ...batch,
          student: batch.student.map((row, i) => row.map((logit) => logit + by[i]!)),
          teacher: batch.teacher.map((row, i) => row.map((logit) => logit + by[i + 4]!)),
        };
        const [before, after] = [evaluateAt(loss, batch, value), evaluateAt(loss, shifted, value)];
        // Adding 100 rounds logits at 1e-14, which is divided by temperatures from 0.1 and by DIST's small spreads.
        const size = 1e-8 * (1 + Math.abs(before.value));
        expect(Math.abs(after.value - before.value)).toBeLessThan(size);
        const numbers = ({ gradient, mixed }: Evaluated) => [...gradient, ...Object.values(mixed).flat()];
        const [first, second] = [numbers(before), numbers(after)];
        const distance = Math.hypot(...first.map((number, i) => number - second[i]!));
        expect(distance).toBeLessThan(1e-8 * (1 + Math.hypot(...first)));
      }),
      { numRuns: 15 },
    );
  });
});

describe.each(named(matching))('%s', (_, loss) => {
  test('vanishes with its gradient where the student is its teacher', () => {
    fc.assert(
      fc.property(arbitraryBatch(5, 3), fc.double({ min: 0.5, max: 5, noNaN: true }), (any, value) => {
        const student = tilted(any.student);
        // Only the teacher's own power leaves it as it is; DIST adds 1e-8 to products of norms, small ones at low T.
        const isDist = loss.name.startsWith('dist(');
        const at = loss.name.startsWith('transformedTeacher') ? 1 : isDist ? 5 : value;
        const evaluated = evaluateAt(loss, { ...any, student, teacher: student }, at);
        const tolerance = isDist ? 1e-4 : 1e-12;
        expect(Math.abs(evaluated.value)).toBeLessThan(tolerance);
        expect(Math.hypot(...evaluated.gradient)).toBeLessThan(tolerance);
      }),
      { numRuns: 15 },
    );
  });
});

test.each([
  ['forwardKL', 1 / 2],
  ['reverseKL', 1 / 2],
  ['jensenShannon', 1 / 8],
] as const)(
  'as T grows T² %s tends to %f of the mean squared difference of centred logits',
  (divergence, share) => {
    fc.assert(
      fc.property(arbitraryBatch(5), (batch) => {
        const squares = batch.student.map((row, i) => {
          const differences = row.map((value, k) => value - batch.teacher[i]![k]!);
          const centre = mean(differences);
          return mean(differences.map((each) => (each - centre) ** 2));
        });
        const limit = share * mean(squares);
        const { value } = evaluateAt(distillation({ divergence, scaling: 'squared' }), batch, 1e6);
        // What is left out is smaller by logits over T, 1e-5.
        expect(Math.abs(value - limit)).toBeLessThan(2e-5 * (limit + 1e-6));
      }),
      { numRuns: 30 },
    );
  },
);

test.each(divergences)('%s with T² is T² times the one without', (divergence) => {
  fc.assert(
    fc.property(arbitraryBatch(5), fc.double({ min: 0.1, max: 20, noNaN: true }), (batch, temperature) => {
      const [plain, squared] = (['none', 'squared'] as const).map((each) =>
        evaluateAt(distillation({ divergence, scaling: each }), batch, temperature),
      ) as [Evaluated, Evaluated];
      expect(squared.value).toBeCloseTo(temperature ** 2 * plain.value, 10);
    }),
    { numRuns: 15 },
  );
});
