import { selectBackend } from '@metadistill/backend';
import { basicBlock, resnet } from '@metadistill/models';
import { memory, profile, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchName, benchSteps } from './steps.js';

// ResNet-18 at a quarter of its width: 2.8 MB of weights, 16 MB of activations that derivatives read.
const model = resnet({ name: 'narrow', block: basicBlock, blocks: [2, 2, 2, 2], width: 16 });

beforeAll(async () => {
  await selectBackend({ prefer: 'wasm' });
});
afterAll(async () => {
  await setBackend('cpu');
});

// What a step adds to its state, in 10⁶ bytes; copies that share their memory count. The activations of one pass are 16 of
// it, of the exact step those of two: its forward mode reads the training pass after the validation pass. Were activations
// and gradients kept until the step ends, it would be 25.6, 48.8 and 78.4.
test.each<[BenchName, number]>([
  ['plain-step', 20.5],
  ['hyper-step-exact', 44],
  ['hyper-step-fd', 30],
])('%s disposes of what nothing reads any more', async (name, most) => {
  const { steps, release } = benchSteps(model, 16);
  const { run } = steps.find(({ bench }) => bench === name)!;
  await run();
  const before = memory().numBytes;
  const { peakBytes } = await profile(async () => {
    await run();
    return [];
  });
  await release();
  const megabytes = (peakBytes - before) / 1e6;
  expect(megabytes).toBeLessThan(most);
  // A step that was not measured would need less than its activations.
  expect(megabytes).toBeGreaterThan(16);
});
