import type { LogitBatch } from '@metadistill/hypergrad';
import type { LogitLoss, Metaparameters, MixMetaparameter } from '@metadistill/losses';
import type { MetaOptimization } from '@metadistill/trainer';
import type { StudyValue } from '../study.js';
import type { LossScale } from './optimizers.js';
import type { TaskData } from './tasks/task.js';

/** The distillation fraction f and the temperature T. */
export type Mix = Metaparameters<MixMetaparameter>;

/** A recipe: where f and T start, and what moves them. */
export interface Arm {
  readonly name: string;
  /** What the report says of it. */
  readonly description: string;
  readonly scale: LossScale;
  /** All that its trainings depend on, for their logs. */
  readonly settings: Readonly<Record<string, StudyValue>>;
  start(training: ArmStart): Mix;
  /** How f and T are tuned; they stay as they are without it. */
  readonly tuning?: (data: TaskData) => Tuning;
}

/** The training that a recipe starts. */
export interface ArmStart {
  readonly data: TaskData;
  /** The name of task and optimizer. */
  readonly cell: string;
  readonly seed: number;
}

export interface Tuning extends Omit<MetaOptimization<MixMetaparameter, LogitBatch>, 'validationBatches'> {
  readonly validationLoss: LogitLoss<never>;
}

export type ConstantOptions = Pick<Arm, 'name' | 'description' | 'scale'> & Mix;

/** A recipe that tunes nothing. */
export function constant({ distillationFraction, temperature, ...rest }: ConstantOptions): Arm {
  const values = { distillationFraction, temperature };
  return { ...rest, settings: values, start: () => values };
}
