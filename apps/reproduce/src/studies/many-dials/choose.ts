import { ranked } from '../ranked.js';
import type { Arm } from './scenario.js';
import type { TrainingRecord } from './train-arm.js';

/** A constant of the grid that is worth more seeds. */
export interface Choice {
  readonly name: string;
  /** Which accuracy chooses: the validation's as a sweep would, the test's as nobody can. */
  readonly among: 'validation' | 'test';
  readonly onValidationToo: boolean;
}

/** The constant of the highest mean accuracy, of equal ones the first; undefined if one of the grid was not trained. */
export const chosenBy = (
  among: Choice['among'],
  grid: readonly Arm[],
  recordsOf: (arm: Arm) => readonly TrainingRecord[],
): Arm | undefined => ranked(grid, (arm) => recordsOf(arm).map((record) => record[`${among}Accuracy`]))?.[0];
