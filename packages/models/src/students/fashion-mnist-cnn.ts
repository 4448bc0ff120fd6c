import { checkNoOptions } from '@metadistill/options';
import type { LayeredModel } from '../model.js';
import { convNet } from './conv-net.js';

/**
 * A middle-sized Fashion-MNIST net, 110,922 parameters, a teacher for `fashionMnistNet`: `[batch, 28, 28, 1]` to
 * `[batch, 10]`, three blocks of 32, 64 and 128 channels, then dense layers of 128 and 10.
 *
 * @see `Cifar_Tiny` of Passalis, Tzelepi, Tefas (2020), whose shape it has, for images of one channel.
 */
export function fashionMnistCnn(...none: []): LayeredModel {
  checkNoOptions('fashionMnistCnn', none);
  return convNet({
    name: 'fashionMnistCnn',
    inputShape: [28, 28, 1],
    channels: [32, 64, 128],
    hidden: 128,
    classes: 10,
  });
}
