import { checkOptions, describeValue } from '@metadistill/options';
import { concat, split, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { formatBatchShape } from '../../shapes.js';
import type { LayerOptions, MergingLayer, OpaqueCache, Tensors } from '../../types.js';
import { linearMerging } from '../rules/linear-merging.js';
import { opaqueMerging } from '../rules/opaque.js';
import { expectSeveral } from './broadcast.js';

export interface ConcatenateOptions extends LayerOptions {
  /** Counted with the batch axis, so at least 1; negative ones count from the end. Default −1: channels. */
  readonly axis?: number;
}

/**
 * The inputs one after the other along an axis; all other lengths are equal.
 *
 * @throws RangeError if the axis is that of the batch or no integer, or, in `mergedShape`, the inputs do not have it.
 */
export function concatenate(options: ConcatenateOptions = {}): MergingLayer<OpaqueCache<'concatenate'>> {
  checkOptions('concatenate', options, { axis: true, name: true });
  const { axis = -1, name = 'concatenate' } = options;
  if (!Number.isInteger(axis) || axis === 0) {
    throw new RangeError(
      `${name}: axis is ${describeValue(axis)}; expected an integer other than 0, the axis of the batch. The last one is -1.`,
    );
  }
  const axisOf = (rank: number) => (axis < 0 ? rank + axis : axis);
  const mergedShape = (shapes: readonly (readonly number[])[]) => {
    expectSeveral(name, shapes.length);
    const [first] = shapes as [readonly number[]];
    const at = axisOf(first.length + 1) - 1;
    const fits = (shape: readonly number[]) =>
      shape.length === first.length && shape.every((length, k) => k === at || length === first[k]);
    if (at < 0 || at >= first.length || !shapes.every(fits)) {
      throw new RangeError(
        `${name}: inputs have shapes ${shapes.map(formatBatchShape).join(' and ')}; expected equal lengths but along axis ${axis}. Correct the axis, or reshape them.`,
      );
    }
    return first.map((length, k) => (k === at ? shapes.reduce((sum, shape) => sum + shape[k]!, 0) : length));
  };
  const joined = (inputs: Tensors): Tensor => concat([...inputs], axisOf(inputs[0]!.rank));
  return opaqueMerging({
    ...linearMerging({
      name,
      parameters: [],
      statistics: [],
      mergedShape,
      initialize: () => ({ parameters: [], statistics: [] }),

      forward({ statistics }, inputs: Tensors) {
        mergedShape(inputs.map(({ shape }) => shape.slice(1)));
        return { output: joined(inputs), cache: inputs.map(({ shape }) => shape), statistics };
      },

      vjp(_weights, shapes, cotangent, wantInputs) {
        const at = axisOf(cotangent.rank);
        const parts = split(
          cotangent,
          shapes.map((shape) => shape[at]!),
          at,
        );
        for (const [k, part] of parts.entries()) if (!wantInputs[k]) part.dispose();
        return { parameters: [], inputs: parts.map((part, k) => (wantInputs[k] ? part : undefined)) };
      },

      jvp: (_weights, shapes, _parameterTangents, inputTangents) =>
        tidy(() => joined(shapes.map((shape, k) => inputTangents[k] ?? zeros(shape)))),
    }),
    // tfjs-layers takes every negative axis for the last one.
    keras: ([first]) => ({ factory: 'concatenate', config: { axis: axisOf(first!.length + 1) } }),
  });
}
