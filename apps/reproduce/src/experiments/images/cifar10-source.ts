import { publishedCifar10Normalization } from '@metadistill/datasets';
import { loadCifar10 } from '@metadistill/datasets/node';
import { sourceOf } from './source-of.js';

/** CIFAR-10, normalised as the authors do, with a teacher's logits. */
export const cifar10Source = sourceOf(loadCifar10, publishedCifar10Normalization);
