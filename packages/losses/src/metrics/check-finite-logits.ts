/**
 * Checks logits once a cache, on the host: one NaN or infinity would poison every loss after it.
 *
 * @param logits row-major `[examples, classes]` values.
 * @param classes the length of a row, used to say where the fault is.
 * @throws RangeError where the length is no multiple of `classes`, or naming the first value that is not finite.
 */
export function checkFiniteLogits(logits: ArrayLike<number>, classes: number): void {
  if (logits.length % classes !== 0) {
    throw new RangeError(
      `checkFiniteLogits: logits has ${logits.length} values; expected a multiple of ${classes} classes. ` +
        'Was the teacher trained on another dataset?',
    );
  }
  for (let index = 0; index < logits.length; index += 1) {
    const value = logits[index] as number;
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `checkFiniteLogits: logits[${Math.floor(index / classes)}][${index % classes}] is ${value}; expected a ` +
          'finite number. Run the teacher again in float32 and look for overflow.',
      );
    }
  }
}
