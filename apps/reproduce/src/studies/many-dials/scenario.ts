import type { Dataset, Normalization, TeacherLogits } from '@metadistill/datasets';
import type { LogitBatch } from '@metadistill/hypergrad';
import type { LogitLoss, Metaparameters } from '@metadistill/losses';
import type { Model } from '@metadistill/models';
import type { MetaOptimization } from '@metadistill/trainer';
import type { StudyValue } from '../study.js';

/** A student with several sources of targets, and the recipes that weigh them. */
export interface Scenario {
  readonly name: string;
  /** One line for the report. */
  readonly description: string;
  /** Logged with every part. */
  readonly settings: ScenarioSettings & Readonly<Record<string, StudyValue>>;
  /** Constants that a sweep would try. */
  readonly grid: readonly Arm[];
  /** The rest. */
  readonly arms: readonly Arm[];
  /** Corruptions are drawn anew for each seed. */
  load(seed: number): Promise<ScenarioData>;
}

export interface ScenarioSettings {
  readonly epochs: number;
  readonly batchSize: number;
  /** Of plain gradient descent at the start; it falls to 0 along half a cosine. */
  readonly learningRate: number;
}

/** Nobody selects anything on the test examples. */
export interface ScenarioData {
  readonly student: () => Model;
  /** Training examples, then validation examples, whose labels are right. */
  readonly examples: Taught;
  /** How many of them are trained on, if the validation examples are not. */
  readonly trained: number;
  readonly test: Dataset;
  readonly normalization?: Normalization;
}

/** Examples with the answers of all teachers. */
export interface Taught {
  readonly dataset: Dataset;
  readonly teachers: readonly TeacherLogits[];
  /** The group of each example, for recipes by group. */
  readonly groups?: Int32Array;
}

/** A recipe. */
export interface Arm {
  readonly name: string;
  /** What the report says of it. */
  readonly description: string;
  /** All that its trainings depend on, for their logs. */
  readonly settings: Readonly<Record<string, StudyValue>>;
  recipe(sets: { readonly training: Taught; readonly validation: Taught }): Recipe;
}

export interface Recipe<Name extends string = string> {
  /** One for all epochs, or that of an epoch, counted from 0. */
  readonly trainingLoss: LogitLoss<Name> | ((epoch: number) => LogitLoss<Name>);
  readonly metaparameters: Metaparameters<Name>;
  /** How the metaparameters are tuned; they stay as they are without it. */
  readonly tuning?: Omit<MetaOptimization<Name, LogitBatch>, 'validationBatches'> & {
    readonly validationLoss: LogitLoss;
  };
}
