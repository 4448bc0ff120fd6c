import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Whether all tensors of a call are float32: the calls that ours takes of a kernel that TensorFlow.js has for other types too. */
export const isOfFloats = ({ inputs }: { readonly inputs: Readonly<Record<string, TensorInfo>> }): boolean =>
  Object.values(inputs).every((tensor) => !tensor || tensor.dtype === 'float32');
