import { checkNoOptions } from '@metadistill/options';
import type { LayeredModel } from '../model.js';
import { convNet } from './conv-net.js';

/**
 * The paper's CIFAR-10 student, 15,050 parameters: `[batch, 32, 32, 3]` to `[batch, 10]`, three blocks of 8, 16 and 32
 * channels, then dense layers of 64 and 10.
 *
 * @see `Cifar_Very_Tiny` of Passalis, Tzelepi, Tefas, Heterogeneous Knowledge Distillation (2020), code `passalis/pkth`.
 */
export function cifarVeryTiny(...none: []): LayeredModel {
  checkNoOptions('cifarVeryTiny', none);
  return convNet({
    name: 'cifarVeryTiny',
    inputShape: [32, 32, 3],
    channels: [8, 16, 32],
    hidden: 64,
    classes: 10,
  });
}
