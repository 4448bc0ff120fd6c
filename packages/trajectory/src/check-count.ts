import { checkNumber } from '@metadistill/options';

/** @throws TypeError, RangeError if `value` is not a whole number of at least `minimum`. */
export function checkCount(caller: string, name: string, value: number, minimum: number): void {
  checkNumber(caller, name, value, { least: minimum, whole: true });
}
