import {
  cifarTiny,
  cifarVeryTiny,
  fashionMnistNet,
  logisticRegression,
  type Model,
} from '@metadistill/models';
import { cifar10Source } from '../experiments/images/cifar10-source.js';
import { fashionMnistSource } from '../experiments/images/fashion-mnist-source.js';
import { syntheticConfig } from '../experiments/synthetic/config.js';
import { syntheticSets } from '../experiments/synthetic/data.js';
import type { VerifyModelName } from './model-names.js';
import { imageBatches, type VerificationBatches } from './verification-batches.js';

/** A model that `verify` checks hypergradients of. */
export interface VerifyModel {
  readonly make: () => Model;
  /** Of the model's own experiment. @throws Error if its data are not there or not whole. */
  readonly batches: () => Promise<VerificationBatches>;
}

export const verifyModels: Readonly<Record<VerifyModelName, VerifyModel>> = {
  'cifar-very-tiny': {
    make: cifarVeryTiny,
    batches: () => imageBatches(cifar10Source('cifar10-resnet18.npy')),
  },
  'cifar-tiny': {
    make: cifarTiny,
    batches: () => imageBatches(cifar10Source('cifar10-resnet18.npy')),
  },
  'fashion-mnist-net': {
    make: fashionMnistNet,
    batches: () => imageBatches(fashionMnistSource('fashion-mnist-resnet18.npy')),
  },
  'logistic-regression': {
    make: () => logisticRegression({ inputs: 3, classes: 2 }),
    batches: async () => {
      const method = { kind: 'gradient', hypergradient: 'exact' } as const;
      const data = await syntheticSets(syntheticConfig('corrected'), 'corrected', method);
      return { ...data, description: "the paper's 15 synthetic points and its 200 validation points" };
    },
  },
};
