import type { Tensors } from '@metadistill/models';

/** @throws RangeError where an optimizer's state has another number of tensors than its parameters need. */
export function checkState(optimizer: string, state: Tensors, expected: number): void {
  if (state.length === expected) return;
  throw new RangeError(
    `${optimizer}: state has ${state.length} tensors; expected ${expected}. ` +
      'Start with initialize(parameters) of this optimizer.',
  );
}
