/**
 * Refuses arrays where each number would need a pass or a set of tensors of its own.
 * @throws RangeError if a name stands for an array, with what to use in its place.
 */
export function refuseArrays(caller: string, metaparameters: readonly string[], remedy: string): void {
  const array = metaparameters.find((name) => name.endsWith('[]'));
  if (array === undefined) return;
  throw new RangeError(`${caller}: the problem has the array ${array}; expected numbers alone. ${remedy}`);
}
