import type { Tensors } from '@metadistill/models';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/** A direction in w to try a rule along: numbers between −1 and 1 without pattern, the same at every call. */
export const probeDirection = (like: Tensors): Tensors =>
  like.map(({ shape, size }: Tensor, seed) =>
    tensor(
      Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed)),
      shape,
    ),
  );
