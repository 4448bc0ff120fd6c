import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Runs `body`, and expects as many tensors after it as before it. */
export async function expectNoLeak(body: () => void | Promise<void>): Promise<void> {
  const before = memory().numTensors;
  await body();
  expect(memory().numTensors - before, 'tensors leaked').toBe(0);
}
