import { type GradConfig, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../kernels/call/checks.js';

/** The sum over the copies, of any rank. TensorFlow.js' own adds them one by one, and throws above rank 4. */
export const tileGradient: GradConfig = {
  kernelName: 'Tile',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const { reps } = attributes as { reps: number[] };
    return {
      x: () => reps.reduce<Tensor>((summed, copies, axis) => sumCopies(summed, axis, copies), dy as Tensor),
    };

    function sumCopies(copied: Tensor, axis: number, copies: number): Tensor {
      if (copies === 1) return copied;
      const [before, after] = [copied.shape.slice(0, axis), copied.shape.slice(axis + 1)];
      const apart = reshape(copied, [sizeOf(before), copies, x!.shape[axis]! * sizeOf(after)]);
      return reshape(sum(apart, 1), [...before, x!.shape[axis]!, ...after]);
    }
  },
};
