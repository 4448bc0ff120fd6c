import { sliceExamples, sliceTeacherLogits } from '@metadistill/datasets';
import type { Model } from '@metadistill/models';
import type { ImageSource } from '../../../experiments/images/data.js';
import type { ScenarioData } from '../scenario.js';

export interface TaughtImagesOptions {
  readonly student: () => Model;
  readonly source: ImageSource;
  /** Images at the front of the training file; the last of them validate. */
  readonly images: number;
  readonly validationImages: number;
}

/** The first images of a source, with right labels and its teacher. */
export const taughtImages = ({
  student,
  source,
  images,
  validationImages,
}: TaughtImagesOptions): ScenarioData => ({
  student,
  examples: {
    dataset: sliceExamples(source.train, 0, images),
    teachers: [sliceTeacherLogits(source.teacherLogits, 0, images)],
  },
  trained: images - validationImages,
  test: source.test,
  normalization: source.normalization,
});
