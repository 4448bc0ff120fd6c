import { type TensorContainer, tidy } from '@tensorflow/tfjs-core';

/** `tf.tidy` for results that are typed as read-only objects: keeps the tensors of the result, disposes of the rest. */
export const scoped = <Result>(body: () => Result): Result =>
  tidy(body as unknown as () => TensorContainer) as unknown as Result;
