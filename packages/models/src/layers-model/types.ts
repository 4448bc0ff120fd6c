import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What is used of a `tf.LayersModel`; every model of `@tensorflow/tfjs-layers` fits. Described here so that the types
 * of this package do not need that one installed.
 */
export interface LayersModel {
  readonly name: string;
  readonly layers: readonly LayersModelLayer[];
  readonly inputs: readonly LayersModelTensor[];
  readonly outputs: readonly LayersModelTensor[];
  /** The output layers of a functional model; empty for a sequential one. */
  readonly outputLayers: readonly LayersModelLayer[];
  readonly trainableWeights: readonly LayersModelWeight[];
  readonly nonTrainableWeights: readonly LayersModelWeight[];
  apply(inputs: Tensor, options?: { readonly training: boolean }): unknown;
}

export interface LayersModelLayer {
  readonly name: string;
  getClassName(): string;
  getConfig(): object;
}

export interface LayersModelTensor {
  /** `[null, ...]`: the batch's size is open. */
  readonly shape: readonly (number | null)[];
}

export interface LayersModelWeight {
  readonly name: string;
  /** The name without the number that makes it unique in the process. */
  readonly originalName: string;
  /** The variable itself. */
  read(): Tensor;
}
