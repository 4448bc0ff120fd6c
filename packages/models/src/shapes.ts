import { describeValue } from '@metadistill/options';
/** `[batch, 32, 32, 3]` from one example's shape. */
export const formatBatchShape = (shape: readonly (number | string)[]): string =>
  `[${['batch', ...shape].join(', ')}]`;

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/** One example's shape of a layer's input against what fits; `undefined` fits any length. */
export function expectExampleShape(
  layer: string,
  got: readonly number[],
  expected: readonly (number | undefined)[],
  advice: string,
): void {
  const fits =
    got.length === expected.length &&
    expected.every((length, axis) => length === undefined || length === got[axis]);
  if (fits) return;
  const axes = expected.length === 2 ? ['steps'] : ['height', 'width'];
  const wanted = expected.map((length, axis) => length ?? axes[axis]!);
  throw new RangeError(
    `${layer}: input has shape ${formatBatchShape(got)}; expected ${formatBatchShape(wanted)}. ${advice}`,
  );
}

/** One example's shape of a layer's input, of any number of axes from 1, against the length of its last one. */
export function expectLastAxis(layer: string, got: readonly number[], length: number, advice: string): void {
  if (got.at(-1) === length) return;
  throw new RangeError(
    `${layer}: input has shape ${formatBatchShape(got)}; expected ${formatBatchShape([...got.slice(0, -1), length])}. ${advice}`,
  );
}

/** Sizes of a layer, checked when it is made. */
export function expectPositiveIntegers(caller: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(
        `${caller}: ${name} is ${describeValue(size)}; expected a positive integer. Round or correct it.`,
      );
    }
  }
}

/** Whether a value is a list of positive integers, at least one. */
export const isShape = (shape: unknown): shape is readonly number[] =>
  Array.isArray(shape) && shape.length > 0 && shape.every((size) => Number.isInteger(size) && size > 0);

/** One example's shape as an option, checked when a layer is made. */
export function expectShapeOption(caller: string, name: string, shape: readonly number[]): void {
  if (isShape(shape)) return;
  throw new RangeError(
    `${caller}: ${name} is ${describeValue(shape)}; expected the shape of one example, such as [28, 28, 1].`,
  );
}

/** A size along the height and width of an image; one number stands for both. */
export type Size2d = number | readonly [height: number, width: number];

/** A size along height and width, checked when a layer is made. */
export function sizePair(caller: string, name: string, size: Size2d): readonly [number, number] {
  const pair = (Array.isArray(size) ? size : [size, size]) as readonly number[];
  if (pair.length === 2 && pair.every((each) => Number.isInteger(each) && each > 0)) {
    return pair as readonly [number, number];
  }
  throw new RangeError(
    `${caller}: ${name} is ${describeValue(size)}; expected a positive integer, or two of them: [height, width].`,
  );
}
