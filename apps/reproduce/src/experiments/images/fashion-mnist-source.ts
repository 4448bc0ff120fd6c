import { publishedFashionMnistNormalization } from '@metadistill/datasets';
import { loadFashionMnist } from '@metadistill/datasets/node';
import { sourceOf } from './source-of.js';

/** Fashion-MNIST, normalised as the authors do, with a teacher's logits. */
export const fashionMnistSource = sourceOf(loadFashionMnist, publishedFashionMnistNormalization);
