import { publishedFashionMnistNormalization } from '@metadistill/datasets';
import { loadFashionMnist } from '@metadistill/datasets/node';
import { fashionMnistNet } from '@metadistill/models';
import { sourceOf } from '../../../experiments/images/source-of.js';
import { once } from '../../once.js';
import { byDefault, constants, counted, labels, tuned } from '../experts.js';
import type { Scenario } from '../scenario.js';
import { taughtImages } from './taught-images.js';

const settings = {
  epochs: 20,
  batchSize: 128,
  optimizer: 'sgd',
  learningRate: 0.3,
  images: 10_000,
  validationImages: 1000,
} as const;

/** Nothing is planted: shirts, coats and pullovers are hard to tell apart, for the teacher too. */
export const ambiguousClasses: Scenario = {
  name: 'ambiguous-classes',
  description:
    "`fashionMnistNet` on 10,000 images of Fashion-MNIST, the authors' ResNet-18 as teacher; all labels are right",
  settings,
  grid: [labels, byDefault, ...constants([0, 0.25, 0.5, 0.75], [5, 10])],
  arms: [counted(0.99), ...tuned(0.99)],
  load: once(async () => {
    const source = await sourceOf(
      loadFashionMnist,
      publishedFashionMnistNormalization,
    )('fashion-mnist-resnet18.npy');
    const { images, validationImages } = settings;
    return taughtImages({ student: fashionMnistNet, source, images, validationImages });
  }),
};
