/** @throws RangeError if a predictor is given fewer values than it needs, or one that is not finite. */
export function checkHistory(caller: string, history: readonly number[], minimum: number): void {
  if (history.length < minimum) {
    throw new RangeError(
      `${caller}: history has ${history.length} values; expected at least ${minimum}. Observe more iterations first.`,
    );
  }
  const index = history.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    throw new RangeError(
      `${caller}: history[${index}] is ${history[index]}; expected finite numbers. Did a gradient step diverge?`,
    );
  }
}
