import { engine, type KernelBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** What we use of the engine of TensorFlow.js; some of it is private in its types. */
interface Engine {
  readonly state: { readonly gradientDepth: number };
  readonly backend: KernelBackend;
  keep(tensor: Tensor): Tensor;
  makeTensorFromTensorInfo(info: TensorInfo): Tensor;
  saveTensorsForBackwardMode(tensors: Tensor[]): Tensor[];
}

const ours = new WeakSet<Engine>();

/**
 * Makes the engine save what a gradient needs as another reference to its data, as it makes variables, on any backend.
 *
 * Its own runs the kernel `Identity` and puts two nodes on the tape per tensor. Those are for the gradient of a gradient,
 * in which what was saved depends on the inputs: there its own stays.
 */
export function saveByReference(): void {
  const current = engine() as unknown as Engine;
  if (ours.has(current)) return;
  ours.add(current);
  const stock = current.saveTensorsForBackwardMode;
  current.saveTensorsForBackwardMode = function (this: Engine, tensors) {
    if (this.state.gradientDepth !== 1) return stock.call(this, tensors);
    return tensors.map(({ dataId, shape, dtype }) => {
      this.backend.incRef(dataId);
      return this.keep(this.makeTensorFromTensorInfo({ dataId, shape, dtype }));
    });
  };
}
