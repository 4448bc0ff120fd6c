import fc from 'fast-check';
import type { Batch } from './evaluate-loss.js';

/** Batches of 1 to 4 rows and 2 to 6 classes with logits in [−spread, spread]. */
export const arbitraryBatch = (spread: number, minimumRows = 1): fc.Arbitrary<Batch> =>
  fc
    .tuple(fc.integer({ min: minimumRows, max: 4 }), fc.integer({ min: 2, max: 6 }))
    .chain(([rows, classes]) => {
      const logit = fc.double({ min: -spread, max: spread, noNaN: true });
      const matrix = fc.array(fc.array(logit, { minLength: classes, maxLength: classes }), {
        minLength: rows,
        maxLength: rows,
      });
      const labels = fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: rows, maxLength: rows });
      return fc.record({ student: matrix, teacher: matrix, labels });
    });
