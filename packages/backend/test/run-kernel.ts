import { engine, type NamedAttrMap, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** Runs a registered kernel of the current backend; its inputs have names, or come one after the other. */
export function runKernel(
  name: string,
  inputs: NamedTensorMap | readonly Tensor[],
  attributes: object = {},
): Tensor[] {
  const result: unknown = engine().runKernel(name, inputs as NamedTensorMap, attributes as NamedAttrMap);
  return (Array.isArray(result) ? result : [result]) as Tensor[];
}
