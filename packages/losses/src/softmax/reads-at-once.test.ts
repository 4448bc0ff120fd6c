import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { copyRegisteredKernels, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import { type Batch, evaluateLoss, valueAndGradientOf } from '../../test/evaluate-loss.js';
import { everyLogitLoss, metaparametersAt } from '../../test/every-loss.js';

afterEach(() => setBackend('cpu'));

const withLabel = (label: number): Batch => ({
  student: [
    [0.3, 1],
    [0, 3],
  ],
  teacher: [
    [2, 1],
    [-1, 3],
  ],
  labels: [0, label],
  groups: [0, 1],
});

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  test.each(everyLogitLoss.map((each) => [each.loss.name, each] as const))(
    '%s refuses a label that is no class, before it computes with it',
    async (_, each) => {
      await setBackend(backend);
      const metaparameters = metaparametersAt(each, 2);
      for (const label of [2, -1, -100, 2 ** 31 - 1]) {
        const message = `the label of row 1 is ${label}; expected an integer, 0 to 1.`;
        const batch = withLabel(label);
        expect(() => evaluateLoss(each.loss, batch, metaparameters)).toThrow(message);
      }
    },
  );
});

test('where reading would wait for a device, such a label makes NaN of the loss, which training refuses', async () => {
  registerBackend('device', () => new MathBackendCPU());
  copyRegisteredKernels('cpu', 'device');
  await setBackend('device');
  const [crossEntropy] = everyLogitLoss;
  expect(valueAndGradientOf(crossEntropy!.loss, withLabel(1), {}).value).toBeGreaterThan(0);
  for (const label of [2, -1, -100]) {
    expect(valueAndGradientOf(crossEntropy!.loss, withLabel(label), {}).value).toBeNaN();
  }
  await setBackend('cpu');
  removeBackend('device');
});
