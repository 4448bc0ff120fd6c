import { checkOptions } from '@metadistill/options';
import type { LayeredModel } from '../model.js';
import { basicBlock } from './residual-blocks.js';
import { type ResnetOptions, resnet } from './resnet.js';

export type Resnet18Options = Pick<ResnetOptions, 'classes' | 'normalizedStem'>;

/**
 * ResNet-18 with pre-activation for CIFAR, 11.2 million parameters: `[batch, 32, 32, 3]` to `[batch, classes]`, four
 * stages of two basic blocks.
 *
 * @see `PreActResNet18` of the PyTorch code `kuangliu/pytorch-cifar`.
 */
export function resnet18(options: Resnet18Options = {}): LayeredModel {
  checkOptions('resnet18', options, { classes: true, normalizedStem: true });
  return resnet({ name: 'resnet18', block: basicBlock, blocks: [2, 2, 2, 2], ...options });
}
