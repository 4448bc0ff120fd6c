import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation, as the backend of tfjs-node takes it. */
export interface NativeAttribute {
  readonly name: string;
  /** One of the binding's `TF_ATTR_*`. */
  readonly type: number;
  readonly value: unknown;
}

/** What we use of the backend of tfjs-node, whose types come with an optional package. */
export interface NativeBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<
    Record<'TF_ATTR_BOOL' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_TYPE' | 'TF_FLOAT', number>
  >;
  /** Runs an operation of TensorFlow by its name; the tensors made belong to the caller. */
  executeMultipleOutputs(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}
