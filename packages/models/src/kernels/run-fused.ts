import { engine, getBackend, getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../types.js';

/** Attributes of a kernel: numbers and shapes. */
export type Attributes = Readonly<
  Record<string, number | boolean | string | readonly number[] | readonly (readonly number[])[] | undefined>
>;

/** A kernel's inputs by name, or one after the other. */
export type Inputs = NamedTensorMap | Tensors;

/** Runs a kernel of the backend in use by name; its outputs belong to the caller. */
export function runKernel(name: string, inputs: Inputs, attributes: Attributes): Tensor[] {
  const outputs = engine().runKernel(name, inputs as NamedTensorMap, attributes as never);
  return Array.isArray(outputs) ? outputs : [outputs as Tensor];
}

/**
 * Runs a fused kernel if the backend in use has it; otherwise undefined.
 *
 * Names that begin with `Metadistill` are no part of TensorFlow.js: `@metadistill/backend` registers them.
 */
export const runFused = (name: string, inputs: Inputs, attributes: Attributes = {}): Tensor[] | undefined =>
  getKernel(name, getBackend()) === undefined ? undefined : runKernel(name, inputs, attributes);
