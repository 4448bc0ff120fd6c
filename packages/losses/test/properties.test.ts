import { inFloat64 } from '@metadistill/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distillation } from '../src/distillation/distillation.js';
import type { LogitLoss, Metaparameters } from '../src/types.js';
import { arbitraryBatch, tilted } from './arbitrary-batch.js';
import { type Batch, type Evaluated, evaluateLoss } from './evaluate-loss.js';
import { everyLogitLoss, type ListedLogitLoss, metaparametersAt } from './every-loss.js';
import { mean } from './float64-reference.js';

const evaluate = (loss: LogitLoss<string>, batch: Batch, metaparameters: Metaparameters): Evaluated =>
  inFloat64(() => evaluateLoss(loss, batch, metaparameters));

/** Rows and columns with a spread of 12 to 36: where one is constant, correlations and standardisation have a kink. */
const SPREAD = 12;

const named = (losses: readonly ListedLogitLoss[]) => losses.map((each) => [each.loss.name, each] as const);

describe.each(named(everyLogitLoss))('%s', (_, each) => {
  test('a constant added to a row of logits changes nothing', () => {
    const batches = arbitraryBatch(5, 3).map((batch) => tilted(batch, SPREAD));
    const shifts = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(batches, shifts, fc.double({ min: 0.3, max: 3, noNaN: true }), (batch, by, temperature) => {
        const shifted = {
          ...batch,
          student: batch.student.map((row, i) => row.map((logit) => logit + by[i]!)),
          teacher: batch.teacher.map((row, i) => row.map((logit) => logit + by[i + 4]!)),
        };
        const metaparameters = metaparametersAt(each, temperature);
        const before = evaluate(each.loss, batch, metaparameters);
        const after = evaluate(each.loss, shifted, metaparameters);
        // Adding 100 rounds logits at 3e-14 and z/T at 1e-13, which mixed derivatives multiply by |z/T|/T² < 2000.
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

describe.each(named(everyLogitLoss.filter(({ vanishes }) => vanishes)))('%s', (_, each) => {
  test('vanishes with its gradient where the student is its teacher', () => {
    const { tolerance, at } = each.vanishes!;
    fc.assert(
      fc.property(arbitraryBatch(5, 3), fc.double({ min: 0.5, max: 5, noNaN: true }), (any, temperature) => {
        const { student, labels } = tilted(any, SPREAD);
        const metaparameters = at ?? metaparametersAt(each, temperature);
        const { value, gradient } = evaluate(
          each.loss,
          { student, teacher: student, labels },
          metaparameters,
        );
        expect(Math.abs(value)).toBeLessThan(tolerance);
        expect(Math.hypot(...gradient)).toBeLessThan(tolerance);
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
        const { value } = evaluate(distillation({ divergence, scaling: 'squared' }), batch, {
          temperature: 1e6,
        });
        // What is left out is smaller by logits over T, 1e-5.
        expect(Math.abs(value - limit)).toBeLessThan(2e-5 * (limit + 1e-6));
      }),
      { numRuns: 30 },
    );
  },
);

test.each(['forwardKL', 'reverseKL', 'softCrossEntropy', 'jensenShannon'] as const)(
  '%s with T² is T² times the one without',
  (divergence) => {
    fc.assert(
      fc.property(arbitraryBatch(5), fc.double({ min: 0.1, max: 20, noNaN: true }), (batch, temperature) => {
        const [plain, squared] = (['none', 'squared'] as const).map((each) =>
          evaluate(distillation({ divergence, scaling: each }), batch, { temperature }),
        ) as [Evaluated, Evaluated];
        expect(squared.value).toBeCloseTo(temperature ** 2 * plain.value, 10);
      }),
      { numRuns: 15 },
    );
  },
);
