import fc from 'fast-check';
import { test } from 'vitest';
import { arbitraryExtreme, type Extreme } from './arbitrary-batch.js';
import { type EveryLogitLoss, everyLogitLoss, metaparametersAt } from './every-loss.js';
import { expectDerivatives } from './expect-derivatives.js';

/** As the authors' Fashion-MNIST teacher has them, and half as large again. */
const LARGEST = 1e4;

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
      fc.property(extremes, (extreme) => expectDerivativesAt(each, extreme)),
      { numRuns: 20, examples: (counterexamples[each.factory] ?? []).map((extreme) => [extreme]) },
    );
  },
);

function expectDerivativesAt(each: EveryLogitLoss, { batch, temperature }: Extreme): void {
  const metaparameters = metaparametersAt(each, temperature);
  const scales = each.scales(batch, metaparameters, LARGEST);
  fc.pre(scales !== undefined);
  expectDerivatives(each.loss, batch, metaparameters, scales);
}
