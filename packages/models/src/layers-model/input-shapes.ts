import { describeValue } from '@metadistill/options';
import type { LayersModel, LayersModelTensor } from './types.js';

/** The shape of one example, or one of each input in a list. */
export type InputShape = readonly number[] | readonly (readonly number[])[];

/**
 * The shape of one example of each input, whose open sizes are those that are given.
 *
 * @throws TypeError, RangeError if a size stays open, or a shape that is given is none of the model's.
 */
export function inputShapesOf(
  { name, inputs }: LayersModel,
  given: InputShape | undefined,
): readonly (readonly number[])[] {
  if (given === undefined) {
    if (inputs.length > 0 && !inputs.some(isOpen)) {
      return inputs.map(({ shape }) => shape.slice(1) as number[]);
    }
    throw new RangeError(
      `fromLayersModel: ${name} has inputs ${formatShapes(inputs)}; expected sizes fixed but for the batch. Pass inputShape, that of one example, or give the first layer one; for an embedding that is its inputLength.`,
    );
  }
  const expected = `${formatShapes(inputs)} without the batch, as ${name} takes`;
  const isList = Array.isArray(given) && given.every((each) => Array.isArray(each));
  const shapes = (
    inputs.length === 1 && !(isList && given.length === 1) ? [given] : given
  ) as readonly number[][];
  if (!Array.isArray(given) || shapes.length !== inputs.length) {
    throw new TypeError(
      `fromLayersModel: inputShape is ${describeValue(given)}; expected ${expected}, a list of one for each of several inputs.`,
    );
  }
  inputs.forEach(({ shape }, k) => {
    const own = shape.slice(1);
    const sizes = shapes[k]!;
    const fits =
      Array.isArray(sizes) &&
      sizes.length === own.length &&
      sizes.every((size, i) => Number.isSafeInteger(size) && size > 0 && (own[i] ?? size) === size);
    if (fits) return;
    throw new RangeError(
      `fromLayersModel: inputShape${inputs.length === 1 ? '' : `[${k}]`} is ${describeValue(sizes)}; expected ${expected}. Give the open sizes alone other values.`,
    );
  });
  return shapes;
}

/** Whether a size beside the batch's is left to what is fed. */
const isOpen = ({ shape }: LayersModelTensor): boolean => shape.slice(1).some((size) => size === null);

/** Shapes for errors: `[null, 28, 28] and [null, 3]`. */
export const formatShapes = (tensors: LayersModel['inputs']): string =>
  tensors.map(({ shape }) => `[${shape.map((size) => size ?? 'null').join(', ')}]`).join(' and ') || 'none';
