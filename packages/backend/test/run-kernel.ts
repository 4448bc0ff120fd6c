import { engine, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';

/** Runs a registered kernel of the current backend. */
export function runKernel(name: string, inputs: Record<string, Tensor>, attributes: object = {}): Tensor[] {
  const result: unknown = engine().runKernel(name, inputs, attributes as NamedAttrMap);
  return (Array.isArray(result) ? result : [result]) as Tensor[];
}
