import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What is used of a `tf.LayersModel`; every model of `@tensorflow/tfjs-layers` fits. Described here so that the types
 * of this package do not need that one installed.
 */
export interface LayersModel {
  readonly name: string;
  readonly layers: readonly LayersModelLayer[];
  readonly inputs: readonly LayersModelTensor[];
  /** What `fit` calls them; a symbolic tensor's own name is unique in the process. */
  readonly inputNames: readonly string[];
  readonly outputs: readonly LayersModelTensor[];
  readonly trainableWeights: readonly LayersModelWeight[];
  readonly nonTrainableWeights: readonly LayersModelWeight[];
  apply(inputs: Tensor, options?: { readonly training: boolean }): unknown;
  call(inputs: Tensor, options: never): unknown;
}

export interface LayersModelLayer {
  readonly name: string;
  readonly inboundNodes: readonly LayersModelNode[];
  readonly trainableWeights: readonly LayersModelWeight[];
  readonly nonTrainableWeights: readonly LayersModelWeight[];
  getClassName(): string;
  getConfig(): object;
  apply(inputs: never, options?: never): unknown;
}

/** One application of a layer to symbolic tensors. */
export interface LayersModelNode {
  readonly inputTensors: readonly LayersModelTensor[];
  readonly outputTensors: readonly LayersModelTensor[];
}

export interface LayersModelTensor {
  /** `[null, ...]`: the batch's size is open. */
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
  /** The layer that gives it, and by which of its `inboundNodes`. */
  readonly sourceLayer: LayersModelLayer;
  readonly nodeIndex: number;
}

export interface LayersModelWeight {
  readonly name: string;
  /** The name without the number that makes it unique in the process. */
  readonly originalName: string;
  /** The variable itself. */
  read(): Tensor;
}
