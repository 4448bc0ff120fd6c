import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/**
 * Runs a kernel of ours within a gradient, if the backend has it.
 *
 * @returns its outputs; undefined without the kernel, or if another gradient is taken of this one: our kernels have none.
 */
export function fused(
  name: string,
  inputs: NamedTensorMap,
  attributes: NamedAttrMap = {},
): Tensor[] | undefined {
  if (engine().state.gradientDepth > 0 || !getKernel(name, getBackend())) return undefined;
  const outputs = engine().runKernel(name, inputs, attributes) as Tensor | Tensor[];
  return Array.isArray(outputs) ? outputs : [outputs];
}
