import type { TensorInfo } from '@tensorflow/tfjs-core';

/** A kernel call, as TensorFlow.js makes it. */
export interface KernelCall<Inputs extends string, Attributes = unknown> {
  readonly inputs: Readonly<Record<Inputs, TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: unknown;
}
