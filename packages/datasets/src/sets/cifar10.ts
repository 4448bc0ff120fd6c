import type { Normalization } from '../types.js';

/** What the labels 0..9 of CIFAR-10 mean. */
export const cifar10Classes: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

/**
 * The normalization that the authors trained with: red, green, blue. It is the training set's own, rounded.
 *
 * @see github.com/Intelligent-Systems-Phystech/MetaOptDistillation, code/cifar_dataset.py.
 */
export const publishedCifar10Normalization: Normalization = {
  mean: [125.3 / 255, 123.0 / 255, 113.9 / 255],
  std: [63.0 / 255, 62.1 / 255, 66.7 / 255],
};
