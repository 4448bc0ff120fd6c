import fc from 'fast-check';
import type { Batch } from './evaluate-loss.js';

type Rows = readonly (readonly number[])[];

/**
 * Batches of 1 to 4 rows and 2 to 6 classes with logits in [−spread, spread].
 *
 * A failure shrinks to fewer rows and classes but leaves the logits as drawn: with some thousand steps to choose from they are
 * readable as they are, and bringing each to zero takes minutes.
 */
export const arbitraryBatch = (spread: number, minimumRows = 1): fc.Arbitrary<Batch> =>
  batchOf(minimumRows, (rows, classes) => matrix(rows, classes, steps(spread)));

/** Logits to ±`largest`, at a temperature from 0.05 to `largest`. */
export interface Extreme {
  readonly batch: Batch;
  readonly temperature: number;
}

/**
 * Batches that hold both what a softmax sees of huge logits: differences of the temperature's size, from −5 T to 5 T around
 * a base per row, and entries anywhere in [−largest, largest], which have all of the probability or none.
 */
export const arbitraryExtreme = (largest: number, minimumRows = 1): fc.Arbitrary<Extreme> => {
  const entry = fc.record({ far: fc.nat(3).map((n) => n === 0), near: steps(5), anywhere: steps(largest) });
  const row = (classes: number) =>
    fc.record({
      base: steps(largest),
      entries: fc.array(entry, { minLength: classes, maxLength: classes }),
    });
  const temperatures = steps(1).map(
    (x) => 10 ** (Math.log10(0.05) + ((x + 1) / 2) * Math.log10(largest / 0.05)),
  );
  const within = (value: number) => Math.max(-largest, Math.min(largest, value));
  return fc
    .noShrink(temperatures)
    .chain((temperature) =>
      batchOf(minimumRows, (rows, classes) =>
        fc.noShrink(
          fc
            .array(row(classes), { minLength: rows, maxLength: rows })
            .map((all) =>
              all.map(({ base, entries }) =>
                entries.map(({ far, near, anywhere }) =>
                  far ? anywhere : within(base + temperature * near),
                ),
              ),
            ),
        ),
      ).map((batch) => ({ batch, temperature })),
    );
};

/** No row or column is constant, where a correlation or a standardisation has a kink. */
export const tilted = (batch: Batch, unit: number): Batch => {
  const tilt = (rows: Rows) =>
    rows.map((row, i) => row.map((value, k) => value + unit * ((3 * i + 2 * k) % 4)));
  return { ...batch, student: tilt(batch.student), teacher: tilt(batch.teacher) };
};

/** −size to size in steps that float32 holds if it holds the size, so that no test has to allow for rounded inputs. */
const steps = (size: number): fc.Arbitrary<number> =>
  fc.integer({ min: -1024, max: 1024 }).map((n) => (n * size) / 1024);

const matrix = (rows: number, classes: number, entry: fc.Arbitrary<number>): fc.Arbitrary<Rows> =>
  fc.noShrink(
    fc.array(fc.array(entry, { minLength: classes, maxLength: classes }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

const batchOf = (
  minimumRows: number,
  logits: (rows: number, classes: number) => fc.Arbitrary<Rows>,
): fc.Arbitrary<Batch> =>
  fc
    .tuple(fc.integer({ min: minimumRows, max: 4 }), fc.integer({ min: 2, max: 6 }))
    .chain(([rows, classes]) =>
      fc.record({
        student: logits(rows, classes),
        teacher: logits(rows, classes),
        labels: fc.noShrink(
          fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: rows, maxLength: rows }),
        ),
      }),
    );
