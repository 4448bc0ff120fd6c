import type { Tensors } from '@metadistill/models';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Of some tensors: what their moments are to have. */
export const shapesOf = (tensors: Tensors): readonly (readonly number[])[] =>
  tensors.map(({ shape }) => shape);

/** @throws RangeError where an optimizer's state is not of the shapes that its parameters need. */
export function checkState(
  optimizer: string,
  state: Tensors,
  expected: readonly (readonly number[])[],
): void {
  const remedy = 'Start with initialize(parameters) of this optimizer.';
  if (state.length !== expected.length) {
    throw new RangeError(
      `${optimizer}: state has ${state.length} tensors; expected ${expected.length}. ${remedy}`,
    );
  }
  for (const [i, shape] of expected.entries()) {
    const got = (state[i] as Tensor).shape;
    if (got.join() !== shape.join()) {
      throw new RangeError(
        `${optimizer}: state[${i}] has shape [${got.join(', ')}]; expected [${shape.join(', ')}]. ${remedy}`,
      );
    }
  }
}
