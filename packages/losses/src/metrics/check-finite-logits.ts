/**
 * @param logits row-major `[examples, classes]`, called `name` by the caller.
 * @throws RangeError if the length is no multiple of `classes`, or naming the first value that is not finite.
 */
export function checkFiniteLogits(
  caller: string,
  name: string,
  logits: ArrayLike<number>,
  classes: number,
): void {
  if (logits.length % classes !== 0) {
    throw new RangeError(
      `${caller}: ${name} has ${logits.length} values; expected a multiple of ${classes} classes. ` +
        'Was the teacher trained on another dataset?',
    );
  }
  for (let index = 0; index < logits.length; index += 1) {
    const value = logits[index] as number;
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `${caller}: ${name}[${Math.floor(index / classes)}][${index % classes}] is ${value}; expected a ` +
          'finite number. Run the teacher again in float32 and look for overflow.',
      );
    }
  }
}
