import { describeValue } from '@metadistill/options';
/** @throws RangeError if `value` is not a whole number of at least `minimum`. */
export function checkCount(caller: string, name: string, value: number, minimum: number): void {
  if (!Number.isInteger(value) || value < minimum) {
    throw new RangeError(
      `${caller}: ${name} is ${describeValue(value)}; expected an integer of at least ${minimum}.`,
    );
  }
}
