import { expectNoLeak } from '@metadistill/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { GOLDEN_DECIMALS, goldenBatch, goldenValue } from '../../test/golden.js';
import { transformedTeacher } from './transformed-teacher.js';

test.each([
  ['TTM', false, 0.08756],
  ['WTTM', true, 0.217272],
] as const)('%s at a power of 0.1 has its golden value', (_, weighted, expected) => {
  expect(goldenValue(transformedTeacher({ weighted }), { teacherPower: 0.1 })).toBeCloseTo(
    expected,
    GOLDEN_DECIMALS,
  );
});

test.each([false, true])('closed forms are the differences of one another, weighted %s', (weighted) => {
  fc.assert(
    fc.property(arbitraryBatch(5), fc.double({ min: 0.05, max: 2, noNaN: true }), (batch, teacherPower) => {
      expectDerivatives(transformedTeacher({ weighted }), batch, { teacherPower });
    }),
    { numRuns: 30 },
  );
});

test('refuses a power that is not above zero, and leaks no tensor', async () => {
  const run = (teacherPower: number) => () =>
    evaluateLoss(transformedTeacher({ weighted: true }), goldenBatch, { teacherPower });
  expect(run(0)).toThrow('transformedTeacher: teacherPower is 0; expected a number above 0');
  await expectNoLeak(() => {
    run(0.5)();
  });
});
