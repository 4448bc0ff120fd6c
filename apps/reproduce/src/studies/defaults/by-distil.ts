import { setImmediate } from 'node:timers/promises';
import { disposeWeights } from '@metadistill/models';
import { distil, type EpochReport } from '@metadistill/trainer';
import type { Arm } from './arm.js';
import { recordOf, type TrainingRecord, type TrainRecipeOptions } from './train-recipe.js';

/** `distil` itself, which is told nothing but data, teacher, epochs, batch size and seed: it chooses its optimizer, too. */
export const untold: Pick<Arm, 'name' | 'description' | 'settings'> = {
  name: 'distil',
  description: '`distil` without options',
  settings: { distil: 'without options' },
};

/** Trains one student by it; measured as the recipes are. */
export async function trainByDistil(
  options: Omit<TrainRecipeOptions, 'arm' | 'optimizer' | 'cell'>,
): Promise<TrainingRecord> {
  const { data, settings, seed, signal, progress } = options;
  const { training, validation, normalization, augment } = data;
  const student = data.student();
  const started = performance.now();
  let last: EpochReport | undefined;
  try {
    for await (const report of distil({
      student,
      training: training.dataset,
      teacherLogits: training.teacherLogits,
      validation: validation.dataset,
      validationTeacherLogits: validation.teacherLogits,
      epochs: settings.epochs,
      batchSize: settings.batchSize,
      seed,
      signal,
      ...(normalization && { normalization }),
      ...(augment && { augment }),
    })) {
      last = report;
      progress((report.epoch + 1) / settings.epochs);
      await setImmediate();
    }
    const seconds = (performance.now() - started) / 1000;
    return await recordOf({ ...(last as EpochReport), student, seconds }, { data, seed });
  } finally {
    if (last) disposeWeights(last.weights);
  }
}
