import { engine, type KernelBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** What we use of the engine of TensorFlow.js; some of it is private in its types. */
interface Engine {
  readonly state: { readonly gradientDepth: number };
  readonly backend: KernelBackend;
  keep(tensor: Tensor): Tensor;
  makeTensorFromTensorInfo(info: TensorInfo): Tensor;
  saveTensorsForBackwardMode(tensors: readonly (Tensor | undefined)[]): Tensor[];
  addTapeNode(
    kernelName: string,
    inputs: Readonly<Record<string, Tensor | null | undefined>>,
    ...rest: unknown[]
  ): void;
}

const ours = new WeakSet<Engine>();

/**
 * Makes the engine save what a gradient needs as another reference to its data, as it makes variables, on any backend.
 *
 * Its own runs the kernel `Identity` and puts two nodes on the tape per tensor. Those are for the gradient of a gradient,
 * in which what was saved depends on the inputs: there its own stays.
 *
 * Inputs that a call leaves out, such as the scale of a batch norm, are neither saved nor put on the tape, where its own throws
 * a TypeError. The scale is the last of what that gradient saves, and so is missing there.
 */
export function saveByReference(): void {
  const current = engine() as unknown as Engine;
  if (ours.has(current)) return;
  ours.add(current);
  const { saveTensorsForBackwardMode, addTapeNode } = current;
  current.saveTensorsForBackwardMode = function (this: Engine, tensors) {
    const given = tensors.filter((tensor) => tensor !== undefined);
    if (this.state.gradientDepth !== 1) return saveTensorsForBackwardMode.call(this, given);
    return given.map(({ dataId, shape, dtype }) => {
      this.backend.incRef(dataId);
      return this.keep(this.makeTensorFromTensorInfo({ dataId, shape, dtype }));
    });
  };
  current.addTapeNode = function (this: Engine, kernelName, inputs, ...rest) {
    const given = Array.isArray(inputs)
      ? inputs
      : Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor));
    addTapeNode.call(this, kernelName, given as typeof inputs, ...rest);
  };
}
