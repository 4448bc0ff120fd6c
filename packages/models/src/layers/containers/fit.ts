import type { Layer } from '../../types.js';

/** The shape after `layer`; if it does not fit, the error says in which composition. */
export const fit = (name: string, layer: Layer, inputShape: readonly number[]): readonly number[] =>
  within(name, () => layer.outputShape(inputShape));

/** What `body` gives; a RangeError of it says in which composition. */
export function within<Result>(name: string, body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RangeError) || name === '') throw error;
    throw new RangeError(`${name} > ${error.message}`, { cause: error });
  }
}
