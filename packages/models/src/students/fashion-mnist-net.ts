import { checkNoOptions } from '@metadistill/options';
import type { LayeredModel } from '../model.js';
import { convNet } from './conv-net.js';

/**
 * The paper's Fashion-MNIST student: `[batch, 28, 28, 1]` to `[batch, 10]`, three blocks of 8, 16 and 128 channels,
 * then dense layers of 64 and 10.
 *
 * @see `FashionMNIST_Net` in the authors' code, `code/fashionmnist_net.py` of MetaOptDistillation.
 */
export function fashionMnistNet(...none: []): LayeredModel {
  checkNoOptions('fashionMnistNet', none);
  return convNet({
    name: 'fashionMnistNet',
    inputShape: [28, 28, 1],
    channels: [8, 16, 128],
    hidden: 64,
    classes: 10,
  });
}
