import { describeValue } from '@metadistill/options';
/** The value. @throws RangeError if it is not above zero and finite. */
export function positive(
  caller: string,
  name: string,
  value: number,
  remedy = 'Leave it out for the default.',
): number {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new RangeError(
      `${caller}: ${name} is ${describeValue(value)}; expected a positive number. ${remedy}`,
    );
  }
  return value;
}

/** The value. @throws RangeError if it is not a finite number of at least 0. */
export function atLeastZero(caller: string, name: string, value: number, remedy: string): number {
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new RangeError(
      `${caller}: ${name} is ${describeValue(value)}; expected a finite number of at least 0. ${remedy}`,
    );
  }
  return value;
}

/** The decay rate of a moving average. @throws RangeError if it is not in [0, 1). */
export function decayRate(
  caller: string,
  name: string,
  value: number,
  remedy = 'Leave it out for the default.',
): number {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(
      `${caller}: ${name} is ${describeValue(value)}; expected a number in [0, 1). ${remedy}`,
    );
  }
  return value;
}
