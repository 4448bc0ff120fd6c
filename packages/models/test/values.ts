import { type Tensor, tensor } from '@tensorflow/tfjs-core';

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/** Numbers between −1 and 1 without pattern, float32, the same for the same seed. */
function scattered(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const wide = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return Math.fround(2 * (wide - Math.floor(wide)) - 1);
  });
}

export const scatteredOf = (shape: readonly number[], seed: number): number[] =>
  scattered(sizeOf(shape), seed);

export const tensorOf = (values: readonly number[], shape: readonly number[]): Tensor =>
  tensor([...values], [...shape]);

export const scatteredTensor = (shape: readonly number[], seed: number): Tensor =>
  tensorOf(scatteredOf(shape, seed), shape);
