import { cast, oneHot, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';

/** Labels as rows `[examples, classes]` of float32. Stock wasm fills a one-hot of float32 with the bits of whole numbers. */
export const oneHotRows = (labels: Int32Array, classes: number): Tensor2D =>
  cast(oneHot(tensor1d(labels, 'int32'), classes), 'float32') as Tensor2D;
