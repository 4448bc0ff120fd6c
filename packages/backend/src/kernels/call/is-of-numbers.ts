import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Whether a tensor holds numbers of 4 bytes, which kernels move without a look at what they mean. */
export const isOfNumbers = ({ dtype }: TensorInfo): boolean => dtype === 'float32' || dtype === 'int32';
