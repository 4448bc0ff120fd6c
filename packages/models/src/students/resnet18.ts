import type { LayeredModel } from '../model.js';
import { basicBlock } from './residual-blocks.js';
import { resnet } from './resnet.js';

/**
 * ResNet-18 with pre-activation for CIFAR, 11.2 million parameters: `[batch, 32, 32, 3]` to `[batch, classes]`, four
 * stages of two basic blocks.
 *
 * @param options.normalizedStem batch norm and ReLU after the first convolution, as in `passalis/probabilistic_kt`.
 * @see `PreActResNet18` of the PyTorch code `kuangliu/pytorch-cifar`.
 */
export const resnet18 = (
  options: { readonly classes?: number; readonly normalizedStem?: boolean } = {},
): LayeredModel => resnet({ name: 'resnet18', block: basicBlock, blocks: [2, 2, 2, 2], ...options });
