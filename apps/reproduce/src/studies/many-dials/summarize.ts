import { bootstrapDifference, type Difference } from '../../report/bootstrap-difference.js';
import { mean, type Spread, spread } from '../spread.js';
import type { TrainingRecord } from './train-arm.js';

/** What a recipe comes to in a scenario. */
export interface ArmSummary {
  readonly name: string;
  readonly description: string;
  readonly records: readonly TrainingRecord[];
  readonly validation: Spread;
  readonly test: Spread;
}

/** Test accuracies minus those of another recipe, paired by seed. */
export interface PairedDifference {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** Of at least five pairs. */
  readonly interval: Difference | undefined;
}

/** @returns undefined for a recipe that was not trained. */
export function summarizeArm(
  { name, description }: Pick<ArmSummary, 'name' | 'description'>,
  records: readonly TrainingRecord[],
): ArmSummary | undefined {
  if (records.length === 0) return undefined;
  return {
    name,
    description,
    records,
    validation: spread(records.map(({ validationAccuracy }) => validationAccuracy)),
    test: spread(records.map(({ testAccuracy }) => testAccuracy)),
  };
}

/** Over the seeds that both have. */
export function pairedDifference(ours: ArmSummary, theirs: ArmSummary): PairedDifference {
  const differences = ours.records.flatMap(({ seed, testAccuracy }) => {
    const pair = theirs.records.find((record) => record.seed === seed);
    return pair ? [testAccuracy - pair.testAccuracy] : [];
  });
  return {
    mean: mean(differences),
    least: Math.min(...differences),
    most: Math.max(...differences),
    interval: bootstrapDifference(differences),
  };
}
