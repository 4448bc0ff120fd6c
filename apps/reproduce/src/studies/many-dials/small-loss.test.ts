import { crossEntropy } from '@metadistill/losses';
import { expectNoLeak } from '@metadistill/testing';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { chooseBackend } from '../../native/choose-backend.js';
import { smallLoss } from './small-loss.js';

beforeAll(() => chooseBackend({ prefer: 'wasm' }));

const rows = [
  [2, 0, 0],
  [0, 0, 2],
  [0, 3, 0],
  [1, 0, 0],
];
const labels = [0, 0, 1, 0];
/** Value and gradient of a loss of some of the rows. */
const of = (loss: typeof crossEntropy extends () => infer L ? L : never, which: readonly number[]) =>
  tidy(() => {
    const { value, gradient } = loss.valueAndGradient(
      tensor2d(which.map((i) => rows[i] as number[])),
      {
        labels: tensor1d(
          which.map((i) => labels[i] as number),
          'int32',
        ),
      },
      {},
    );
    return { value: value.dataSync()[0] as number, gradient: gradient.arraySync() };
  });

test('is the cross-entropy of the share of examples whose loss is smallest', async () => {
  await expectNoLeak(() => {
    const all = [0, 1, 2, 3];
    const kept = [0, 2];
    const [small, expected] = [of(smallLoss(0.5), all), of(crossEntropy(), kept)];
    expect(small.value).toBeCloseTo(expected.value, 6);
    for (const [row, i] of kept.entries()) {
      for (let k = 0; k < 3; k++) expect(small.gradient[i]![k]).toBeCloseTo(expected.gradient[row]![k]!, 6);
    }
    for (const i of [1, 3]) expect(small.gradient[i]).toEqual([0, 0, 0]);
    expect(of(smallLoss(1), all).value).toBeCloseTo(of(crossEntropy(), all).value, 6);
  });
});
