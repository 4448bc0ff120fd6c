import { memory, scalar, type Tensor, type TensorContainer, tensor_util } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** What a call returned. */
export interface Returned<Result> {
  readonly result: Result;
  /** The tensors in `result`, in objects and arrays at any depth. */
  readonly returned: readonly Tensor[];
  /** Those of them that the call made, which the caller disposes of. */
  readonly made: readonly Tensor[];
}

/**
 * Calls `body`, and expects that of the tensors that it made only those are left that its result holds.
 *
 * The count is taken as soon as the call returns: a `tf.tidy` around it, which would dispose of a leak first, hides
 * nothing.
 *
 * @param call the call's name, `dense.vjp`, and what to look at, for the message.
 * @param held how many more a closure in the result may hold.
 */
export function expectOnlyReturned<Result>(call: string, body: () => Result, held = 0): Returned<Result> {
  const newest = scalar(0);
  newest.dispose();
  const before = memory().numTensors;
  const result = body();
  const left = memory().numTensors - before;
  const returned = tensor_util.getTensorsInContainer(result as TensorContainer);
  expect(
    returned.filter(({ isDisposed }) => isDisposed),
    `${call}: disposed tensors in what it returns`,
  ).toEqual([]);
  const made = returned.filter(({ id }) => id > newest.id);
  const leaked = left - made.length;
  expect(leaked, `${call}: tensors that it was lent and disposed of, negative`).toBeGreaterThanOrEqual(0);
  const message = `${call}: tensors left besides those that it returns (is its body in tf.tidy or scoped?)`;
  expect(leaked, message).toBeLessThanOrEqual(held);
  return { result, returned, made };
}
