import type { Layer } from '../../types.js';

/** The shape after `layer`; if it does not fit, the error says in which composition. */
export function fit(name: string, layer: Layer, inputShape: readonly number[]): readonly number[] {
  try {
    return layer.outputShape(inputShape);
  } catch (error) {
    if (!(error instanceof RangeError) || name === '') throw error;
    throw new RangeError(`${name} > ${error.message}`, { cause: error });
  }
}
