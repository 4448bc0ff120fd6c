import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** Labelled examples in memory. Not tensors: a batch becomes tensors when it is made. */
export interface Dataset {
  readonly name: string;
  /**
   * `[examples, ...exampleShape]`, row-major. Images are uint8, 0 to 255, channels last; features are float32.
   * Subsets are views of the same memory.
   */
  readonly examples: Uint8Array | Float32Array;
  /** One example's shape, such as `[28, 28, 1]` (height, width, channels) or `[4]`. */
  readonly exampleShape: readonly number[];
  /** `[examples]`, each in 0..classes-1. */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** A training set and its test set. */
export interface TrainTest {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** A file's content and the name that errors call it by. */
export interface BinaryFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An array of float32 numbers, row-major. */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A teacher's logits on a data set, `[examples, classes]`, in the order of its examples. */
export interface TeacherLogits {
  readonly values: Float32Array;
  readonly examples: number;
  readonly classes: number;
}

/** What is subtracted from, and what divides, each channel of a pixel scaled to [0, 1]: (x / 255 − mean) / std. */
export interface Normalization {
  /** `[channels]`. */
  readonly mean: readonly number[];
  /** `[channels]`, positive. */
  readonly std: readonly number[];
}

/** Examples as tensors. They belong to whoever asked for the batch. */
export interface Batch {
  /** `[batch, ...exampleShape]`, float32. */
  readonly inputs: Tensor;
  /** `[batch]`, int32. */
  readonly labels: Tensor1D;
  /** `[batch, classes]`, float32; present if teacher logits were given. */
  readonly teacherLogits?: Tensor2D;
  /** Of several teachers, each `[batch, classes]`, float32; present if their logits were given. */
  readonly teachers?: readonly Tensor2D[];
  /** `[batch]`, int32: the group of each example; present if groups were given. */
  readonly groups?: Tensor1D;
  /** `[batch]`: the index of each example in the data set. */
  readonly indices: Int32Array;
}
