import type { Augmentation, Dataset, Normalization, TeacherLogits } from '@metadistill/datasets';
import type { Model } from '@metadistill/models';
import type { StudyValue } from '../../study.js';

/** A student, its data and its teacher: all that the recipes of a task have in common. */
export interface Task {
  readonly name: string;
  /** One line for the report. */
  readonly description: string;
  /** Logged with every part. */
  readonly settings: TaskSettings & Readonly<Record<string, StudyValue>>;
  /** Seeds for each that is asked for; default 1. Small tasks need more of them to tell recipes apart. */
  readonly seedsPerStart?: number;
  load(): Promise<TaskData>;
}

export interface TaskSettings {
  readonly epochs: number;
  readonly batchSize: number;
}

/** Nobody trains on the validation examples, and nothing is selected on the test examples. */
export interface TaskData {
  readonly student: () => Model;
  readonly training: Taught;
  /** Held out of the training data. */
  readonly validation: Taught;
  readonly test: Dataset;
  readonly normalization?: Normalization;
  /** Of the training examples alone; the teacher's logits stay those of the examples as they are. */
  readonly augment?: Augmentation;
}

/** Examples on which a teacher has answered. */
export interface Taught {
  readonly dataset: Dataset;
  readonly teacherLogits: TeacherLogits;
}
