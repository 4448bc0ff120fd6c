import { publishedCifar10Normalization } from '@metadistill/datasets';
import { loadCifar10 } from '@metadistill/datasets/node';
import { sourceOf } from './source-of.js';

/** CIFAR-10, normalised as the authors do, with their ResNet-18's logits. */
export const cifar10Source = sourceOf(loadCifar10, 'cifar10-resnet18.npy', publishedCifar10Normalization);
