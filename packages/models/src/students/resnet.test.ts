import { describe, expect, test } from 'vitest';
import { expectSecondOrder } from '../../test/expect-derivatives.js';
import { expectLikeTorch } from '../../test/expect-like-torch.js';
import { expectNoLeakOfModel } from '../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../test/on-each-backend.js';
import type { TorchFixture } from '../../test/torch-fixture.js';
import basicFixture from '../fixtures/resnet-basic.json' with { type: 'json' };
import bottleneckFixture from '../fixtures/resnet-bottleneck.json' with { type: 'json' };
import { sequential } from '../layers/containers/sequential.js';
import type { LayeredModel } from '../model.js';
import type { Model } from '../types.js';
import { basicBlock, bottleneckBlock } from './residual-blocks.js';
import { resnet } from './resnet.js';
import { resnet18 } from './resnet18.js';

const inputShape = [16, 16, 3] as const;
const cases: { readonly model: Model; readonly fixture: TorchFixture }[] = [
  {
    model: resnet({ name: 'basic', block: basicBlock, blocks: [2, 2, 1], width: 4, inputShape }),
    fixture: basicFixture,
  },
  {
    model: resnet({
      name: 'bottleneck',
      block: bottleneckBlock,
      blocks: [2, 1],
      width: 3,
      inputShape,
      normalizedStem: true,
    }),
    fixture: bottleneckFixture,
  },
];

onEachBackend(() => {
  describe.each(cases)('residual network of $model.name blocks', ({ model, fixture }) => {
    test('starts, predicts, differentiates and counts as PyTorch does', () => {
      expectLikeTorch(model, fixture);
    });

    test('rules give what they return and leak nothing', () => {
      expectNoLeakOfModel(model);
    });

    test('second order is the derivative of vjp', async () => {
      const { layers } = model as LayeredModel;
      await expectSecondOrder({ layer: sequential({ name: 'body', layers }), inputShape: [2, 8, 8, 3] });
    });
  });
});

test('resnet18 has the parameters of PreActResNet18', () => {
  const count = (model: Model) =>
    model.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const plain = resnet18();
  // PyTorch's count of kuangliu/pytorch-cifar's PreActResNet18.
  expect(count(plain)).toBe(11_171_146);
  expect(count(resnet18({ normalizedStem: true }))).toBe(11_171_146 + 128);
  expect(plain.parameters.map(({ name }) => name).slice(0, 8)).toEqual([
    'conv1.weight',
    'layer1.0.bn1.weight',
    'layer1.0.bn1.bias',
    'layer1.0.conv1.weight',
    'layer1.0.bn2.weight',
    'layer1.0.bn2.bias',
    'layer1.0.conv2.weight',
    'layer1.1.bn1.weight',
  ]);
  expect(plain.parameters.map(({ name }) => name)).toContain('layer2.0.shortcut.0.weight');
});
