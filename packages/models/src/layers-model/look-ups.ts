import { sizeOf } from '../shapes.js';
import type { LookUp } from '../types.js';
import { onlyMoves } from './look-through.js';
import type { Application } from './read-applications.js';

/** What embeddings look up of the inputs of a model, also behind layers that only move values. */
export function lookUpsOf(
  applications: readonly Application[],
  inputShapes: readonly (readonly number[])[],
): readonly LookUp[] {
  /** The input whose values an application gives, if they are those of one. */
  const inputs: (number | undefined)[] = [];
  return applications.flatMap((application, i): LookUp[] => {
    const { layer, path, from } = application;
    const source = from[0]!;
    const input = source < 0 ? -1 - source : inputs[source];
    const isMoved = layer.getClassName() === 'RepeatVector' || onlyMoves(application);
    inputs[i] = isMoved ? input : undefined;
    if (input === undefined || layer.getClassName() !== 'Embedding') return [];
    const start = inputShapes.slice(0, input).reduce((sum, shape) => sum + sizeOf(shape), 0);
    const { inputDim } = layer.getConfig() as { readonly inputDim: number };
    return [{ layer: path, inputDim, start, end: start + sizeOf(inputShapes[input]!) }];
  });
}
