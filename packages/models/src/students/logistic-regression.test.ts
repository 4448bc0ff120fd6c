import { torchRandom } from '@metadistill/datasets';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { expectNoLeakOfModel } from '../../test/expect-no-leak-of.js';
import { logisticRegression } from './logistic-regression.js';

const numbers = (tensor: { dataSync(): ArrayLike<number> }) => Array.from(tensor.dataSync());

test('sees the features asked for, in their order', () => {
  tidy(() => {
    const model = logisticRegression({ inputs: 4, features: [0, 3], classes: 2 });
    const parameters = [tensor2d([1, 2, 3, 4], [2, 2]), tensor1d([10, 20])];
    const inputs = tensor2d([1, 100, 100, 2], [1, 4]);
    // 1·1 + 2·3 + 10 and 1·2 + 2·4 + 20
    expect(numbers(model.predict({ parameters, statistics: [] }, inputs))).toEqual([17, 30]);
  });
});

test('starts from the weights of nn.Linear, whether it picks features or not', () => {
  const picked = logisticRegression({ inputs: 4, features: [0, 1, 3], classes: 2 });
  const whole = logisticRegression({ inputs: 3, classes: 2 });
  const [a, b] = [picked, whole].map((model) =>
    model.initialize(torchRandom(42).uniform).parameters.map(numbers),
  );
  expect(a).toEqual(b);
  // nn.Linear(3, 2) after torch.manual_seed(42), printed by PyTorch 1.13: bias, and the first row of the weight.
  expect(a![1]).toEqual([-0.28108587861061096, 0.3390677869319916]);
  expect([0, 2, 4].map((i) => a![0]![i])).toEqual([
    0.4414065182209015, 0.47920528054237366, -0.1352572739124298,
  ]);
});

test('declares its tensors', () => {
  expect(logisticRegression({ inputs: 3, classes: 2 }).parameters).toEqual([
    { name: 'linear.weight', shape: [3, 2] },
    { name: 'linear.bias', shape: [2] },
  ]);
});

test('rules give what they return and leak nothing', () => {
  expectNoLeakOfModel(logisticRegression({ inputs: 4, features: [0, 3], classes: 2 }));
});
