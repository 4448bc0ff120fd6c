import { reshape, type Tensor, transpose } from '@tensorflow/tfjs-core';
import { tensorOf } from './values.js';

/** What `reference/train-mode-reference.py` writes of a tensor in PyTorch's layout. */
export interface Summary {
  readonly norm: number;
  readonly sum: number;
  readonly entries: readonly (readonly number[])[];
}

/** Tensors by PyTorch's names. */
export type Summaries = Readonly<Record<string, Summary>>;

/** What PyTorch 1.13 computed for one model and batch. */
export interface TorchFixture {
  readonly labels: readonly number[];
  readonly loss: number;
  readonly logits: readonly (readonly number[])[];
  readonly parameters: Summaries;
  readonly gradients: Summaries;
  readonly statistics: Summaries;
  readonly evaluationLogits: readonly (readonly number[])[];
}

/** The batch that the fixtures were computed on; the formula is that of the script. */
export function fixtureInputs(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Array.from({ length: size }, (_, i) => Math.sin(0.37 * i + ((0.001 * i * i) % 97)));
  return tensorOf(values, shape);
}

/** PyTorch's name of one of our tensors. */
export const torchName = (name: string): string =>
  name.replace('runningMean', 'running_mean').replace('runningVariance', 'running_var');

/**
 * Values of a parameter in PyTorch's order: (height, width, channels, outputs) as (outputs, channels, height, width),
 * where `image` is what a dense layer's inputs were flattened from.
 */
export function inTorchOrder(tensor: Tensor, image?: readonly number[]): number[] {
  if (tensor.rank === 1) return Array.from(tensor.dataSync());
  const [inputs, outputs] = [tensor.shape.at(-2)!, tensor.shape.at(-1)!];
  const kernel = tensor.rank === 4 ? tensor.shape : [...(image ?? [1, 1, inputs]), outputs];
  return Array.from(transpose(reshape(tensor, kernel), [3, 2, 0, 1]).dataSync());
}
