import { type Tensor, type Tensor1D, type Tensor2D, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';

/** Draws in [0, 1) from a linear congruential generator: the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) % 2 ** 32;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** A labelled batch as plain numbers: images are waves of random frequency and colour with noise on them. */
export interface ImageBatch {
  readonly images: number[];
  readonly shape: readonly [number, number, number, number];
  readonly teacherLogits: number[][];
  readonly labels: number[];
}

/** `size` square images `[side, side, channels]`, about as bright and as contrasted as normalised photographs. */
export function imageBatch(size: number, [side, , channels]: readonly number[], seed: number): ImageBatch {
  const next = seeded(seed);
  const images: number[] = [];
  for (let n = 0; n < size; n++) {
    const waves = Array.from(
      { length: channels as number },
      () => [next() * 0.5, next() * 0.5, next() * 6] as const,
    );
    for (let y = 0; y < (side as number); y++) {
      for (let x = 0; x < (side as number); x++) {
        for (const [u, v, phase] of waves) {
          images.push(Math.fround(Math.sin(u * x + v * y + phase) + 0.6 * (next() - 0.5)));
        }
      }
    }
  }
  return {
    images,
    shape: [size, side as number, side as number, channels as number],
    teacherLogits: Array.from({ length: size }, () =>
      Array.from({ length: 10 }, () => Math.fround(6 * (next() - 0.5))),
    ),
    labels: Array.from({ length: size }, () => Math.floor(10 * next())),
  };
}

/** The batch as tensors of the current backend. */
export const toImageTensors = ({
  images,
  shape,
  teacherLogits,
  labels,
}: ImageBatch): { inputs: Tensor; teacherLogits: Tensor2D; labels: Tensor1D } => ({
  inputs: tensor(images, [...shape]),
  teacherLogits: tensor2d(teacherLogits),
  labels: tensor1d(labels, 'int32'),
});
