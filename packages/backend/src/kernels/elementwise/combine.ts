import { describeValue } from '@metadistill/options';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkNumbers, sizeOf } from '../call/checks.js';
import { type ListCall, pairsOf } from '../call/pairs-of.js';
import { partsOf } from '../call/split.js';

export interface CombineAttributes {
  readonly xScale: number;
  /** One per pair of tensors. */
  readonly yScales: readonly number[];
}

/**
 * `MetadistillCombine` on wasm: xScale · x + yScale · y of pairs of tensors in one call, such as the step of all
 * parameters along their gradients.
 *
 * @returns one tensor per pair, in x's shape.
 * @throws TypeError or RangeError if dtypes, shapes or the lengths of the lists do not fit.
 */
export function combine({ inputs, attrs, backend }: ListCall<CombineAttributes>): TensorInfo[] {
  const { forEach, address, makeOutput } = runtimeOf(backend);
  return scaledPairs(inputs, attrs).map(({ x, y, yScale }) => {
    const out = makeOutput(x.shape, 'float32');
    forEach(
      'combine',
      partsOf(sizeOf(x.shape), 12, 4).map(({ from, count }) => [
        address(x) + 4 * from,
        address(y) + 4 * from,
        address(out) + 4 * from,
        count,
        attrs.xScale,
        yScale,
      ]),
    );
    return out;
  });
}

/** The pairs of a call, each with the factor of its y. */
export function scaledPairs(
  inputs: readonly TensorInfo[],
  { xScale, yScales }: CombineAttributes,
): { readonly x: TensorInfo; readonly y: TensorInfo; readonly yScale: number }[] {
  const pairs = pairsOf('combine', inputs);
  checkNumbers('combine', { xScale });
  if (!Array.isArray(yScales) || pairs.length !== yScales.length) {
    throw new RangeError(
      `combine: yScales is ${describeValue(yScales)}; expected a list of ${pairs.length}, one per pair of tensors.`,
    );
  }
  checkNumbers('combine', { ...yScales });
  return pairs.map((pair, i) => ({ ...pair, yScale: yScales[i] as number }));
}
