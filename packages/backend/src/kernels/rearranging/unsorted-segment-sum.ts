import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ArrayHost } from '../call/array-host.js';
import { checkShape, checkSize, checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `UnsortedSegmentSum`. */
export interface SegmentAttributes {
  readonly numSegments: number;
}

/**
 * `UnsortedSegmentSum`: y[s] = Σ x[i] over the i with segmentIds[i] = s, the gradient of an embedding. On wasm it is missing;
 * that of cpu walks all of x once per segment. Ids that name no segment are left out.
 *
 * `x` is float32 `[n, ...]`, `segmentIds` int32 `[n]`.
 *
 * @returns a kernel that returns y of shape `[numSegments, ...]`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function unsortedSegmentSum(
  hostOf: (backend: unknown) => ArrayHost,
): (call: KernelCall<'x' | 'segmentIds', SegmentAttributes>) => TensorInfo {
  return ({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) => {
    checkTensor('unsortedSegmentSum', 'x', x, 'float32');
    checkTensor('unsortedSegmentSum', 'segmentIds', segmentIds, 'int32', 1);
    if (x.shape.length === 0) {
      throw new RangeError(`unsortedSegmentSum: x has shape ${shown(x.shape)}; expected [n, ...].`);
    }
    checkShape('unsortedSegmentSum', 'segmentIds', segmentIds, [x.shape[0]!]);
    checkSize('unsortedSegmentSum', 'numSegments', numSegments, 0);
    const inner = x.shape.slice(1);
    const row = sizeOf(inner);
    const host = hostOf(backend);
    const y = host.make([numSegments, ...inner], 'float32');
    const [from, to, ids] = [host.floats(x), host.floats(y), host.integers(segmentIds)];
    to.fill(0);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (id < 0 || id >= numSegments) continue;
      const [start, target] = [i * row, id * row];
      for (let k = 0; k < row; k++) to[target + k]! += from[start + k]!;
    }
    return y;
  };
}
