import { publishedFashionMnistNormalization } from '@metadistill/datasets';
import { loadFashionMnist } from '@metadistill/datasets/node';
import { sourceOf } from './source-of.js';

/** Fashion-MNIST, normalised as the authors do, with their ResNet-18's logits. */
export const fashionMnistSource = sourceOf(
  loadFashionMnist,
  'fashion-mnist-resnet18.npy',
  publishedFashionMnistNormalization,
);
