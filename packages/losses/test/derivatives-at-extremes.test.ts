import fc from 'fast-check';
import { describe, test } from 'vitest';
import { crossEntropy } from '../src/classification/cross-entropy.js';
import { smoothedCrossEntropy } from '../src/classification/smoothed-cross-entropy.js';
import { dist } from '../src/distillation/dist.js';
import { distillation } from '../src/distillation/distillation.js';
import { dkd } from '../src/distillation/dkd.js';
import { groupedTemperature } from '../src/distillation/grouped-temperature.js';
import { nkd } from '../src/distillation/nkd.js';
import { transformedTeacher } from '../src/distillation/transformed-teacher.js';
import type { LogitLoss } from '../src/types.js';
import { arbitraryBatch } from './arbitrary-batch.js';
import type { Batch } from './evaluate-loss.js';
import { expectDerivatives, scalesAt } from './expect-derivatives.js';

/** As the authors' Fashion-MNIST teacher has them, and half as large again. */
const LARGEST = 1e4;

/** From 0.05 to 1e4, as many in each decade. */
const temperatures = fc
  .double({ min: Math.log10(0.05), max: 4, noNaN: true })
  .map((exponent) => 10 ** exponent);

const named = <Loss extends LogitLoss<string>>(losses: readonly Loss[]) =>
  losses.map((loss) => [loss.name, loss] as const);

const scaling = 'none';
const tempered: readonly LogitLoss<string>[] = [
  ...(['forwardKL', 'reverseKL', 'softCrossEntropy', 'jensenShannon'] as const).flatMap((divergence) => [
    distillation({ divergence, scaling }),
    groupedTemperature({ divergence, scaling, by: 'label', count: 6 }),
  ]),
  dkd({ scaling }),
  nkd(),
  dist({ scaling }),
];

/** No row or column is constant, where a correlation has a kink. */
const tilt = ({ student, teacher, labels }: Batch, unit: number): Batch => {
  const tilted = (rows: Batch['student']) =>
    rows.map((row, i) => row.map((value, k) => value + 2 * unit * ((3 * i + 2 * k) % 4)));
  return { student: tilted(student), teacher: tilted(teacher), labels };
};

describe.each(named(tempered))('%s', (_, loss) => {
  test('closed forms are the differences of one another for logits to 1e4 and T from 0.05 to 1e4', () => {
    fc.assert(
      // DIST compares the examples of a batch, of which two always correlate.
      fc.property(arbitraryBatch(LARGEST, 3), temperatures, (any, temperature) => {
        const batch = loss.name.startsWith('dist(') ? tilt(any, temperature) : any;
        const metaparameters = Object.fromEntries(
          loss.metaparameters.map((name) => [name, name.startsWith('temperature') ? temperature : 1.5]),
        );
        // One term of NKD is at temperature 1, the other has T² in front.
        const scales =
          loss.name === 'nkd'
            ? scalesAt(temperature, 2, LARGEST, Math.min(1, temperature))
            : scalesAt(temperature, 0, LARGEST);
        expectDerivatives(loss, batch, metaparameters, scales);
      }),
      { numRuns: 20 },
    );
  });
});

test.each(
  named<LogitLoss<string>>([
    crossEntropy(),
    crossEntropy({ temperature: 0.05 }),
    smoothedCrossEntropy(),
    transformedTeacher({ weighted: false }),
    transformedTeacher({ weighted: true }),
  ]),
)('closed forms of %s are the differences of one another for logits to 1e4', (name, loss) => {
  fc.assert(
    fc.property(arbitraryBatch(LARGEST), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (batch, value) => {
      const metaparameters = Object.fromEntries(loss.metaparameters.map((each) => [each, value]));
      expectDerivatives(loss, batch, metaparameters, scalesAt(name.includes('0.05') ? 0.05 : 1, 0, LARGEST));
    }),
    { numRuns: 20 },
  );
});
