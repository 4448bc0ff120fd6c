import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryExtreme, type Extreme } from './arbitrary-batch.js';
import { numbersByLabel } from './entries.js';
import { everyLogitLoss, type ListedLogitLoss, metaparametersAt } from './every-loss.js';
import { expectDerivatives } from './expect-derivatives.js';

/** As the authors' Fashion-MNIST teacher has them, and half as large again. */
const LARGEST = 1e4;

/** Of the range of a metaparameter, in hundredths. */
const shares = fc.noShrink(fc.nat(100).map((n) => n / 100));

/** Batches that once failed, by the export that makes the loss. */
const counterexamples: Readonly<Record<string, readonly Extreme[]>> = {
  // Columns of nearly equal probabilities, close to where their correlation has a kink: steps of T/400 were too long there.
  dist: [
    {
      batch: {
        student: [
          [0, 4, 9998.575001499677, 4, 9997.338422267156],
          [6, 2, 6, 1.879860139020192, 6],
          [4, 0, 4, 0, 4],
        ],
        teacher: [
          [0, 4, 0, 4, 0],
          [6, 2, 6, 2, 6],
          [4, 0, 4, -10.769187586129817, 4],
        ],
        labels: [0, 0, 0],
      },
      temperature: 1,
    },
  ],
};

test.each(everyLogitLoss.map((each) => [each.loss.name, each] as const))(
  'closed forms of %s are the differences of one another for logits to 1e4 and T from 0.05 to 1e4',
  (_, each) => {
    // The correlation of two examples is 1 or −1 whatever they are.
    const extremes = arbitraryExtreme(LARGEST, each.factory === 'dist' ? 3 : 1);
    fc.assert(
      fc.property(extremes, shares, (extreme, share) => expectDerivativesAt(each, extreme, share)),
      { numRuns: 20, examples: (counterexamples[each.factory] ?? []).map((extreme) => [extreme, 0.5]) },
    );
  },
);

test('a batch with a constant row, at a kink of its correlation, is left out', () => {
  const student = [
    [-113.75, -19.25],
    [-6687.75, -6738.5],
    [1e4, 1e4],
  ];
  const teacher = [
    [7967.5, 68.375],
    [-64.75, -130],
    [9931.75, -4657.75],
  ];
  const listed = everyLogitLoss.find(({ factory }) => factory === 'dist')!;
  const scalesOf = (rows: typeof student) =>
    listed.scales({ student: rows, teacher, labels: [0, 1, 0] }, { temperature: 21.75 }, LARGEST);
  expect(scalesOf(student)).toBeUndefined();
  expect(scalesOf([...student.slice(0, 2), [1e4, 1e4 - 20]])).toBeDefined();
});

function expectDerivativesAt(each: ListedLogitLoss, { batch, temperature }: Extreme, share: number): void {
  const metaparameters = metaparametersAt(each, temperature, share);
  const scales = each.scales(batch, numbersByLabel(each.loss, metaparameters), LARGEST);
  fc.pre(scales !== undefined);
  expectDerivatives(each.loss, batch, metaparameters, scales);
}
