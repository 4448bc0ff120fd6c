import {
  basicBlock,
  cifarTiny,
  cifarVeryTiny,
  fashionMnistNet,
  type Model,
  resnet,
  resnet18,
} from '@metadistill/models';
import { mobileNet } from './mobile-net.js';
import type { BenchModelName } from './model-names.js';

/** A model that `bench` times, and by default on how many examples and how often. */
export interface BenchModel {
  readonly make: () => Model;
  readonly batch: number;
  readonly iterations: number;
  /** Steps before the timed ones: caches, compilation, growth of the heap. */
  readonly warmUps: number;
}

export const benchModels: Readonly<Record<BenchModelName, BenchModel>> = {
  'cifar-very-tiny': { make: cifarVeryTiny, batch: 128, iterations: 30, warmUps: 3 },
  'fashion-mnist-net': { make: fashionMnistNet, batch: 128, iterations: 30, warmUps: 3 },
  'cifar-tiny': { make: cifarTiny, batch: 128, iterations: 15, warmUps: 2 },
  'mobile-net': { make: mobileNet, batch: 128, iterations: 10, warmUps: 2 },
  resnet20: {
    make: () => resnet({ name: 'resnet20', block: basicBlock, blocks: [3, 3, 3], width: 16 }),
    batch: 128,
    iterations: 3,
    warmUps: 1,
  },
  // A hyper step at 128 would need more than the 4 GiB that WebAssembly can address.
  resnet18: { make: () => resnet18(), batch: 16, iterations: 2, warmUps: 1 },
};
