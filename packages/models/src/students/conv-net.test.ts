import { torchRandom } from '@metadistill/datasets';
import { tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectLikeTorch } from '../../test/expect-like-torch.js';
import { expectNoLeakOfModel } from '../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../test/on-each-backend.js';
import type { TorchFixture } from '../../test/torch-fixture.js';
import { scatteredTensor } from '../../test/values.js';
import cifarTinyFixture from '../fixtures/cifar-tiny.json' with { type: 'json' };
import cifarVeryTinyFixture from '../fixtures/cifar-very-tiny.json' with { type: 'json' };
import fashionMnistCnnFixture from '../fixtures/fashion-mnist-cnn.json' with { type: 'json' };
import fashionMnistNetFixture from '../fixtures/fashion-mnist-net.json' with { type: 'json' };
import type { Model } from '../types.js';
import { cifarTiny } from './cifar-tiny.js';
import { cifarVeryTiny } from './cifar-very-tiny.js';
import { fashionMnistCnn } from './fashion-mnist-cnn.js';
import { fashionMnistNet } from './fashion-mnist-net.js';

interface Case {
  readonly model: Model;
  readonly fixture: TorchFixture;
  /** What the blocks leave of the image. */
  readonly image: readonly [number, number, number];
}

const cases: Case[] = [
  { model: cifarVeryTiny(), fixture: cifarVeryTinyFixture, image: [2, 2, 32] },
  { model: fashionMnistNet(), fixture: fashionMnistNetFixture, image: [1, 1, 128] },
  { model: fashionMnistCnn(), fixture: fashionMnistCnnFixture, image: [1, 1, 128] },
  { model: cifarTiny(), fixture: cifarTinyFixture, image: [2, 2, 64] },
];

onEachBackend(() => {
  describe.each(cases)('$model.name', ({ model, fixture, image }) => {
    test('starts, predicts, differentiates and counts as PyTorch does', () => {
      expectLikeTorch(model, fixture, image);
    });

    test('rules give what they return and leak nothing', () => {
      expectNoLeakOfModel(model);
    });
  });
});

test('the students have the sizes of the authors modules', () => {
  const count = (model: Model) =>
    model.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  // Convolutions with their batch norms, then the dense layers: 224 + 16, 1168 + 32, 4640 + 64, 8256, 650;
  // 80 + 16, 1168 + 32, 18560 + 256, 8256, 650;
  // 448 + 32, 4640 + 64, 18496 + 128, 32896, 1290.
  expect(count(cifarVeryTiny())).toBe(15_050);
  expect(count(fashionMnistNet())).toBe(29_018);
  expect(count(cifarTiny())).toBe(57_994);
  // 320 + 64, 18496 + 128, 73856 + 256, 16512, 1290.
  expect(count(fashionMnistCnn())).toBe(110_922);
});

test('inputs are images, channels last', () => {
  tidy(() => {
    const model = fashionMnistNet();
    const weights = model.initialize(torchRandom(1).uniform);
    expect(() => model.predict(weights, scatteredTensor([2, 1, 28, 28], 1))).toThrow(
      'fashionMnistNet: inputs has shape [2, 1, 28, 28]; expected [batch, 28, 28, 1]. Images are channels-last.',
    );
  });
});
