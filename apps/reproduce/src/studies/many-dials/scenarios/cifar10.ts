import { publishedCifar10Normalization } from '@metadistill/datasets';
import { loadCifar10 } from '@metadistill/datasets/node';
import { cifarVeryTiny } from '@metadistill/models';
import { sourceOf } from '../../../experiments/images/source-of.js';
import { once } from '../../once.js';
import type { ScenarioData } from '../scenario.js';
import { taughtImages } from './taught-images.js';

/** The size of the reduced CIFAR-10 of the experiments: the last tenth validates. */
export const cifar10Settings = {
  epochs: 20,
  batchSize: 128,
  optimizer: 'sgd',
  learningRate: 0.3,
  images: 12_800,
  validationImages: 1280,
} as const;

const { images, validationImages } = cifar10Settings;

export const cifar10Images = once(loadCifar10);

/** The first 12,800 images of CIFAR-10 with right labels and the authors' ResNet-18, which is right on nearly all of them. */
export const cifar10WithResNet = once(async (): Promise<ScenarioData> => {
  const source = await sourceOf(cifar10Images, publishedCifar10Normalization)('cifar10-resnet18.npy');
  return taughtImages({ student: cifarVeryTiny, source, images, validationImages });
});
