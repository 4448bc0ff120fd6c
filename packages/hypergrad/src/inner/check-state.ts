import type { Tensors } from '@metadistill/models';

/** The shapes that the moments of these tensors have. */
export const shapesOf = (tensors: Tensors): readonly (readonly number[])[] =>
  tensors.map(({ shape }) => shape);

/** @throws RangeError if an optimizer's state does not have the shapes that its parameters need. */
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
  for (const [i, { shape }] of state.entries()) {
    if (shape.join() !== expected[i]!.join()) {
      throw new RangeError(
        `${optimizer}: state[${i}] has shape [${shape.join(', ')}]; expected [${expected[i]!.join(', ')}]. ${remedy}`,
      );
    }
  }
}
