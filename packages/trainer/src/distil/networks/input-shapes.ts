import type { LayersModel, Model } from '@metadistill/models';
import type { DistilOptions } from '../distil-options.js';
import { isLayersModel } from './is-layers-model.js';

/** The shape of one example, for each input of a network. */
export type InputShapes = readonly (readonly number[])[];

/** Shapes of the inputs of a `tf.LayersModel`, without the batch: null for a size that it leaves open. */
export const statedShapes = ({ inputs }: LayersModel): readonly (readonly (number | null)[])[] =>
  inputs.map(({ shape }) => shape.slice(1));

/** Whether a `tf.LayersModel` takes examples of more than one shape. */
export const isOpen = (layersModel: LayersModel): boolean => statedShapes(layersModel).flat().includes(null);

/** What the student is fed: its own shapes, with the sizes of the data where it leaves them open, as `fit` does. */
export async function inputShapesOf(
  student: LayersModel | Model,
  data: Pick<DistilOptions, 'x' | 'training'>,
): Promise<InputShapes> {
  if (!isLayersModel(student)) return [student.inputShape];
  if (!isOpen(student)) return statedShapes(student) as InputShapes;
  return (await import('./open-inputs.js')).shapesInData(student, data);
}
