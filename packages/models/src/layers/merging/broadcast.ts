import { add, clone, reshape, sum, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { formatBatchShape, sameShape } from '../../shapes.js';

/**
 * The shape of an elementwise operation on inputs of one rank: equal lengths, or 1, which is repeated.
 *
 * @throws RangeError if there are fewer than two inputs, or they do not fit.
 */
export function broadcastShape(name: string, shapes: readonly (readonly number[])[]): readonly number[] {
  expectSeveral(name, shapes.length);
  const [first] = shapes as [readonly number[]];
  const lengths = first.map((_, axis) => Math.max(...shapes.map((shape) => shape[axis] ?? 0)));
  const fits = (shape: readonly number[]) =>
    shape.length === first.length && shape.every((length, axis) => length === 1 || length === lengths[axis]);
  if (shapes.every(fits)) return lengths;
  throw new RangeError(
    `${name}: inputs have shapes ${shapes.map(formatBatchShape).join(' and ')}; expected equal shapes, or 1 for a length to repeat. Reshape one of them.`,
  );
}

export function expectSeveral(name: string, inputs: number): void {
  if (inputs > 1) return;
  throw new RangeError(
    `${name}: it has ${inputs} ${inputs === 1 ? 'input' : 'inputs'}; expected at least 2. Name what it merges in from.`,
  );
}

/** A cotangent of a broadcast result as one of an input, which belongs to the caller: summed over what was repeated. */
export const sumTo = (cotangent: Tensor, shape: readonly number[]): Tensor =>
  sameShape(cotangent.shape, shape)
    ? clone(cotangent)
    : tidy(() => {
        const repeated = shape.flatMap((length, axis) => (length === cotangent.shape[axis] ? [] : [axis]));
        return reshape(sum(cotangent, repeated), [...shape]);
      });

/** An input, or a tangent of one, in the shape of the result; belongs to the caller. */
export const repeatTo = (input: Tensor, shape: readonly number[]): Tensor =>
  sameShape(input.shape, shape) ? clone(input) : tidy(() => add(input, zeros([...shape])));
