import { add, concat, type GradConfig, reverse, slice, type Tensor, zeros } from '@tensorflow/tfjs-core';

interface MirrorPadAttributes {
  readonly paddings: readonly (readonly [before: number, after: number])[];
  readonly mode: 'reflect' | 'symmetric';
}

/**
 * dx = dy of each value itself, and of the mirror images that were made of it. TensorFlow.js' own leaves those out.
 */
export const mirrorPadGradient: GradConfig = {
  kernelName: 'MirrorPad',
  inputsToSave: ['x'],
  gradFunc: (dy, _, attributes) => {
    const { paddings, mode } = attributes as unknown as MirrorPadAttributes;
    return {
      x: () =>
        paddings.reduce<Tensor>((folded, padding, axis) => fold(folded, axis, padding, mode), dy as Tensor),
    };
  },
};

/** Adds what is before and after an axis' own values to those that it mirrors. */
function fold(
  dy: Tensor,
  axis: number,
  [before, after]: MirrorPadAttributes['paddings'][number],
  mode: MirrorPadAttributes['mode'],
): Tensor {
  const length = dy.shape[axis]! - before - after;
  const part = (from: number, size: number) =>
    slice(
      dy,
      dy.shape.map((_, each) => (each === axis ? from : 0)),
      dy.shape.map((whole, each) => (each === axis ? size : whole)),
    );
  const none = (size: number) => zeros(dy.shape.map((whole, each) => (each === axis ? size : whole)));
  // A reflection leaves out the value at the edge.
  const edge = mode === 'reflect' ? 1 : 0;
  const mirrored = (from: number, size: number, start: number): Tensor =>
    concat([none(start), reverse(part(from, size), axis), none(length - start - size)], axis);
  let sum = part(before, length);
  if (before > 0) sum = add(sum, mirrored(0, before, edge));
  if (after > 0) sum = add(sum, mirrored(before + length, after, length - edge - after));
  return sum;
}
