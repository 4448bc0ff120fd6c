/** The value, where it is above zero and not infinite; else a RangeError that names it. */
export function positive(caller: string, name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new RangeError(`${caller}: ${name} is ${value}; expected a positive number.`);
  }
  return value;
}
