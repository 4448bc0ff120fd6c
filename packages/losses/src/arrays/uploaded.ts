import { buffer, type Rank, type ShapeMap, type Tensor } from '@tensorflow/tfjs-core';

/** The numbers of an array as a tensor of its shape: `tensor` copies a list number by number, twice. */
export const uploaded = <R extends Rank>(values: readonly number[], shape: ShapeMap[R]): Tensor<R> =>
  buffer<R, 'float32'>(shape, 'float32', new Float32Array(values)).toTensor();
