import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Targets } from '../types.js';

/**
 * The group of each example.
 *
 * @throws TypeError if `targets.groups` is missing, or not int32 `[batch]`.
 */
export function groupsOf(caller: string, studentLogits: Tensor2D, { groups }: Targets): Tensor1D {
  if (groups?.dtype === 'int32' && groups.shape.join() === `${studentLogits.shape[0]}`) return groups;
  throw new TypeError(
    `${caller}: targets.groups is ${groups === undefined ? 'undefined' : `${groups.dtype} [${groups.shape}]`}; ` +
      `expected int32 [${studentLogits.shape[0]}], the group of each example.`,
  );
}
