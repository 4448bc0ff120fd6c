import { MASKED } from '../softmax/masked.js';

/** A teacher's logits on the host, unscaled: `examples` rows of `classes` values. */
export interface CachedLogits {
  readonly values: ArrayLike<number>;
  readonly examples: number;
  readonly classes: number;
}

/** @throws RangeError if there is no row or only one class, or the values are not examples × classes. */
export function checkCachedLogits(caller: string, { values, examples, classes }: CachedLogits): void {
  if (examples > 0 && classes > 1 && values.length === examples * classes) return;
  throw new RangeError(
    `${caller}: teacherLogits has ${values.length} values for ${examples} examples of ${classes} classes; ` +
      'expected examples × classes of them, and at least two classes.',
  );
}

/** Some rows, each minus its largest logit: of the same softmax, whose exponentials do not overflow, and masked classes finite. */
export const shiftedRows = (
  { values, classes }: CachedLogits,
  indices: readonly number[],
): readonly (readonly number[])[] =>
  indices.map((index) => {
    const logits = Array.from({ length: classes }, (_, k) => values[index * classes + k] as number);
    const largest = Math.max(...logits);
    return logits.map((logit) => Math.max(logit - largest, MASKED));
  });
