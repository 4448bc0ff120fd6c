import { cast, oneHot, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';

/** A 1 in each row where `ids`, int32, says: `[rows, depth]`. Stock wasm fills a one-hot of float32 with the bits of whole numbers. */
export const oneHotRows = (ids: Tensor1D, depth: number): Tensor2D =>
  cast(oneHot(ids, depth), 'float32') as Tensor2D;
