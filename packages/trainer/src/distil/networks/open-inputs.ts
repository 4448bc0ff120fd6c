import type { LayersModel } from '@metadistill/models';
import { describeValue } from '@metadistill/options';
import { dispose } from '@tensorflow/tfjs-core';
import type { DistilOptions } from '../distil-options.js';
import { partsOf, soleOf, wrongShape } from '../inputs/examples-of.js';
import { isTfDataset } from '../inputs/is-tf-dataset.js';
import { partsOfElement } from '../inputs/read-tf-dataset.js';
import { shapeOf } from '../inputs/values-of.js';
import { type InputShapes, statedShapes } from './input-shapes.js';

type Stated = ReturnType<typeof statedShapes>;

/**
 * The shapes of the examples that a student with open sizes is given: those of its first batch stand for all.
 *
 * @throws TypeError, RangeError if they are not known, or the student does not take them.
 */
export async function shapesInData(
  student: LayersModel,
  { x, training }: Pick<DistilOptions, 'x' | 'training'>,
): Promise<InputShapes> {
  const stated = statedShapes(student);
  if (training) {
    const shapes = [training.exampleShape];
    if (fit(shapes, stated)) return shapes;
    throw new RangeError(
      `distil: training (${training.name}) has examples of shape ${describeValue(shapes[0])}; expected ` +
        `${formatShapes(stated)}, as the student ${student.name} takes. Several inputs of open sizes come as x.`,
    );
  }
  if (!isTfDataset(x)) return shapesOf('x', x, student, stated);
  const { value } = await (await x.iterator()).next();
  try {
    const { xs } = partsOfElement('element 0 of x', value, student);
    return shapesOf('xs of element 0 of x', xs, student, stated, true);
  } finally {
    dispose(value as never);
  }
}

/** @param mayBeOne whether it may be one example, without the batch's axis. */
function shapesOf(
  argument: string,
  x: unknown,
  student: LayersModel,
  stated: Stated,
  mayBeOne = false,
): InputShapes {
  const inputs = student.inputs.map((_, k) => ({
    name: student.inputNames[k] as string,
    shape: stated[k] as number[],
  }));
  const options = { argument, student: student.name, inputs, asPixels: false };
  const parts = inputs.length === 1 ? [soleOf(x)] : partsOf(x, options);
  return parts.map((part, k) => {
    const called = inputs.length === 1 ? argument : `${argument} (${inputs[k]!.name})`;
    const own = stated[k]!;
    const found = shapeOf(called, part);
    if (found === undefined) {
      throw new TypeError(
        `distil: ${called} is ${describeValue(part)}, which has no shape; expected a tensor or arrays within arrays, as the student ` +
          `${student.name} leaves sizes open: [examples, ${own.map((size) => size ?? 'null').join(', ')}]. Pass tf.tensor(values, shape).`,
      );
    }
    const shape = mayBeOne && found.length === own.length ? found : found.slice(1);
    if (fit([shape], [own])) return shape;
    throw wrongShape(called, found, own, student.name);
  });
}

/**
 * The shapes that a network with open sizes gets beside the student.
 *
 * @throws RangeError that names the option.
 */
export function shapesBeside(option: string, network: LayersModel, shapes: InputShapes): InputShapes {
  const stated = statedShapes(network);
  if (fit(shapes, stated)) return shapes;
  throw new RangeError(
    `distil: ${option} takes examples of shape ${formatShapes(stated)}; expected ${formatShapes(shapes)}, as the student does. ` +
      'Pass a teacher of this data, or what it says of the examples as teacherLogits.',
  );
}

const fit = (shapes: InputShapes, stated: Stated): boolean =>
  shapes.length === stated.length &&
  stated.every(
    (own, k) =>
      own.length === shapes[k]!.length &&
      own.every((size, i) => (size ?? shapes[k]![i]) === shapes[k]![i] && shapes[k]![i]! > 0),
  );

const formatShapes = (shapes: Stated): string =>
  shapes.map((shape) => `[${shape.map((size) => size ?? 'null').join(', ')}]`).join(' and ');
