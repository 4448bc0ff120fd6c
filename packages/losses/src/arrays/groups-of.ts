import { getBackend, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Targets } from '../types.js';

/** Backends that have tensors in memory, where a look costs next to nothing. */
const IN_MEMORY = ['cpu', 'wasm'];

/**
 * The group of each example.
 *
 * @throws TypeError if `targets.groups` is missing, or not int32 `[batch]`; on cpu and wasm RangeError if a group is not in
 *   0 <= group < count.
 */
export function groupsOf(
  caller: string,
  studentLogits: Tensor2D,
  { groups }: Targets,
  count: number,
): Tensor1D {
  if (groups?.dtype !== 'int32' || groups.shape.join() !== `${studentLogits.shape[0]}`) {
    throw new TypeError(
      `${caller}: targets.groups is ${groups === undefined ? 'undefined' : `${groups.dtype} [${groups.shape}]`}; ` +
        `expected int32 [${studentLogits.shape[0]}], the group of each example.`,
    );
  }
  if (IN_MEMORY.includes(getBackend())) {
    const wrong = groups.dataSync().find((group) => group < 0 || group >= count);
    if (wrong !== undefined) {
      throw new RangeError(
        `${caller}: targets.groups has group ${wrong}; expected 0..${count - 1}, as count is ${count}. Number the groups ` +
          'from 0, and count them all.',
      );
    }
  }
  return groups;
}

/**
 * The group of each example by its label or by `targets.groups`.
 *
 * @throws RangeError if there are fewer groups than classes, by label; as `groupsOf` by group.
 */
export function groupsBy(
  by: 'label' | 'group',
  caller: string,
  studentLogits: Tensor2D,
  targets: Targets,
  count: number,
): Tensor1D {
  if (by === 'group') return groupsOf(caller, studentLogits, targets, count);
  const classes = studentLogits.shape[1];
  if (count >= classes) return targets.labels;
  throw new RangeError(`${caller}: count is ${count}; expected at least ${classes}, one for each class.`);
}
