import { engine, type Tensor } from '@tensorflow/tfjs-core';

/** What we use of the engine of TensorFlow.js; some of it is private in its types. */
interface Engine {
  readonly state: {
    readonly gradientDepth: number;
    activeTape: readonly { readonly saved?: readonly Tensor[] }[] | null;
  };
  gradients(...given: unknown[]): unknown;
}

const ours = new WeakSet<Engine>();

/**
 * Makes the engine dispose of what a gradient saved when the function that is differentiated throws, or its gradient does: its own
 * keeps these tensors until the process ends, a forward pass of activations for each step of a `fit` that runs out of memory.
 */
export function releaseTape(): void {
  const current = engine() as unknown as Engine;
  if (ours.has(current)) return;
  ours.add(current);
  const { gradients } = current;
  current.gradients = function (this: Engine, ...given) {
    try {
      return gradients.apply(this, given);
    } catch (error) {
      // Within another gradient the tape is that one's.
      if (this.state.gradientDepth === 0) {
        for (const { saved } of this.state.activeTape ?? [])
          for (const tensor of saved ?? []) tensor.dispose();
        this.state.activeTape = null;
      }
      throw error;
    }
  };
}
