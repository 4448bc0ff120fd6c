import {
  engine,
  getBackend,
  getKernel,
  serialization,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';

/** What we use of a layer of tfjs-layers. */
export interface StockLayer {
  call(inputs: Tensor | Tensor[], options: { readonly training?: boolean }): Tensor | Tensor[];
  /** Calls what `setCallHook` was given. */
  invokeCallHook(inputs: Tensor | Tensor[], options: object): void;
}

/** What we use of a weight of tfjs-layers. */
export interface StockWeight {
  read(): Variable;
  write(value: Tensor): void;
}

type Call<Layer> = (
  this: Layer,
  inputs: Tensor | Tensor[],
  options: { readonly training?: boolean },
) => Tensor | Tensor[];

const ours = new WeakSet<object>();

/**
 * Replaces what a layer of tfjs-layers computes, in the class that it registered by that name. Does nothing if tfjs-layers
 * is not loaded, or if ours is there already.
 *
 * @param make gets TensorFlow.js' own.
 */
export function replaceCall<Layer extends StockLayer>(
  className: string,
  make: (stock: Call<Layer>) => Call<Layer>,
): void {
  const registered = serialization.SerializationMap.getMap().classNameMap[className];
  const prototype = registered?.[0].prototype as unknown as Layer | undefined;
  if (!prototype || ours.has(prototype)) return;
  ours.add(prototype);
  prototype.call = make(prototype.call as Call<Layer>) as Layer['call'];
}

/** Whether the backend has a kernel of ours, and no gradient of a gradient is taken: ours have only the first. */
export const canFuse = (name: string): boolean =>
  engine().state.gradientDepth <= 1 && getKernel(name, getBackend()) !== undefined;

/** The one tensor that a layer is called with. */
export const onlyTensor = (inputs: Tensor | Tensor[]): Tensor =>
  Array.isArray(inputs) ? inputs[0]! : inputs;
