/** The value, where it is above zero and not infinite; else a RangeError that names it and says what to do. */
export function positive(
  caller: string,
  name: string,
  value: number,
  remedy = 'Leave it out for the default.',
): number {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new RangeError(`${caller}: ${name} is ${value}; expected a positive number. ${remedy}`);
  }
  return value;
}

/** A decay of moments, where it is in [0, 1); else a RangeError. */
export function decayOf(caller: string, name: string, value: number): number {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(
      `${caller}: ${name} is ${value}; expected a number in [0, 1). Leave it out for the default.`,
    );
  }
  return value;
}
