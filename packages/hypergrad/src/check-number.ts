import { checkNumber } from '@metadistill/options';

const DEFAULT = 'Leave it out for the default.';

/** The value. @throws TypeError, RangeError if it is not above zero and finite. */
export const positive = (caller: string, name: string, value: number, remedy = DEFAULT): number =>
  checkNumber(caller, name, value, { above: 0 }, remedy);

/** The value. @throws TypeError, RangeError if it is not a finite number of at least 0. */
export const atLeastZero = (caller: string, name: string, value: number, remedy: string): number =>
  checkNumber(caller, name, value, { least: 0 }, remedy);

/** The decay rate of a moving average. @throws TypeError, RangeError if it is not in [0, 1). */
export const decayRate = (caller: string, name: string, value: number, remedy = DEFAULT): number =>
  checkNumber(caller, name, value, { least: 0, below: 1 }, remedy);
