import { checkNoOptions } from '@metadistill/options';
import type { LayeredModel } from '../model.js';
import { convNet } from './conv-net.js';

/**
 * A middle-sized CIFAR-10 net, 57,994 parameters: `[batch, 32, 32, 3]` to `[batch, 10]`, three blocks of 16, 32 and 64
 * channels, then dense layers of 128 and 10.
 *
 * @see `Cifar_Tiny` of Passalis, Tzelepi, Tefas, Heterogeneous Knowledge Distillation (2020), code `passalis/pkth`.
 */
export function cifarTiny(...none: []): LayeredModel {
  checkNoOptions('cifarTiny', none);
  return convNet({
    name: 'cifarTiny',
    inputShape: [32, 32, 3],
    channels: [16, 32, 64],
    hidden: 128,
    classes: 10,
  });
}
