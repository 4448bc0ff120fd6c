import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../wasm/wasm-runtime.js';
import { checkShape, checkTensor, sizeOf } from './checks.js';

/** A call on two lists of tensors of equal length, the second after the first. */
export interface CombineCall {
  readonly inputs: readonly TensorInfo[];
  readonly attrs: CombineAttributes;
  readonly backend: unknown;
}

export interface CombineAttributes {
  readonly xScale: number;
  /** One a pair of tensors. */
  readonly yScales: readonly number[];
}

/**
 * `MetadistillCombine` on wasm: xScale · x + yScale · y of pairs of tensors in one call, such as the step of all
 * parameters along their gradients.
 *
 * @returns one tensor a pair, in x's shape.
 * @throws TypeError or RangeError where dtypes, shapes or the lengths of the lists do not fit.
 */
export function combine({ inputs, attrs, backend }: CombineCall): TensorInfo[] {
  const { kernels, address, makeOutput } = runtimeOf(backend);
  return pairsOf(inputs, attrs).map(({ x, y, yScale }) => {
    const out = makeOutput(x.shape, 'float32');
    kernels.combine(address(x), address(y), address(out), sizeOf(x.shape), attrs.xScale, yScale);
    return out;
  });
}

/** The pairs of a call. */
export function pairsOf(
  inputs: readonly TensorInfo[],
  { yScales }: CombineAttributes,
): { readonly x: TensorInfo; readonly y: TensorInfo; readonly yScale: number }[] {
  const count = yScales.length;
  if (inputs.length !== 2 * count) {
    throw new RangeError(
      `combine: inputs has ${inputs.length} tensors; expected ${2 * count}, an x and a y for each of yScales.`,
    );
  }
  return yScales.map((yScale, i) => {
    const [x, y] = [inputs[i], inputs[count + i]] as [TensorInfo, TensorInfo];
    checkTensor('combine', `x[${i}]`, x, 'float32');
    checkTensor('combine', `y[${i}]`, y, 'float32');
    checkShape('combine', `y[${i}]`, y, x.shape);
    return { x, y, yScale };
  });
}
