import { type GradConfig, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';

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
      const apart = reshape(copied, [
        before.reduce((size, length) => size * length, 1),
        copies,
        x!.shape[axis]! * after.reduce((size, length) => size * length, 1),
      ]);
      return reshape(sum(apart, 1), [...before, x!.shape[axis]!, ...after]);
    }
  },
};
