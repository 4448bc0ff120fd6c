import type { Dataset, TeacherLogits } from '@metadistill/datasets';
import type { InnerOptimizer } from '@metadistill/hypergrad';
import type { MixMetaparameter } from '@metadistill/losses';
import type { Model } from '@metadistill/models';
import type { LiveTeacher } from '../batches/mini-batches.js';
import type { DistilOptions } from './distil-options.js';

/** What options may be given in more than one form. */
type ManyFormed =
  | 'student'
  | 'teacher'
  | 'teacherLogits'
  | 'teacherProbabilities'
  | 'teachers'
  | 'validationTeacherLogits'
  | 'validationTeacherProbabilities'
  | 'validationTeachers'
  | 'x'
  | 'y'
  | 'validationData'
  | 'validationSplit'
  | 'training'
  | 'validation'
  | 'optimizer'
  | 'callbacks';

/** The options of `distil` when each has the one form that the training loop takes. */
export interface DistilTask<Name extends string = MixMetaparameter>
  extends Omit<DistilOptions<Name>, ManyFormed> {
  readonly student: Model;
  readonly optimizer?: InnerOptimizer;
  readonly training: Dataset;
  readonly validation: Dataset;
  readonly teacherLogits?: TeacherLogits;
  readonly teacher?: LiveTeacher;
  readonly teachers?: readonly (TeacherLogits | LiveTeacher)[];
  readonly validationTeacherLogits?: TeacherLogits;
  readonly validationTeachers?: readonly (TeacherLogits | LiveTeacher)[];
}
