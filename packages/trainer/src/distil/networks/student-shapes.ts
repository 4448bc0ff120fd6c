import type { LayersModel, Model } from '@metadistill/models';
import type { DistilOptions } from '../distil-options.js';
import { type InputShapes, isOpen, statedShapes } from './input-shapes.js';
import { isLayersModel } from './is-layers-model.js';

/** What the student is fed: its own shapes, with the sizes of the data where it leaves them open, as `fit` does. */
export async function studentShapes(
  student: LayersModel | Model,
  data: Pick<DistilOptions, 'x' | 'training'>,
): Promise<InputShapes> {
  if (!isLayersModel(student)) return [student.inputShape];
  if (!isOpen(student)) return statedShapes(student) as InputShapes;
  return (await import('./open-inputs.js')).shapesInData(student, data);
}
