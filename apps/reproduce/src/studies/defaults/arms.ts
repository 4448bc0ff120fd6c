import type { Arm } from './arm.js';
import { untold } from './by-distil.js';
import { grid, labels, random, ruled } from './constants.js';
import type { StudyOptimizer } from './optimizers.js';
import { tuned } from './tuned.js';

/** What needs no sweep. */
export const recipes: readonly Arm[] = [labels, ...ruled, ...tuned];

/** All that is trained, in this order. */
export const arms: readonly Arm[] = [labels, ...grid, ...ruled, random, ...tuned];

/** What a report names. */
export type Recipe = Pick<Arm, 'name' | 'description' | 'tuning'>;

/** The recipes of an optimizer: `distil` chooses Adam itself. */
export const armsOf = ({ name }: Pick<StudyOptimizer, 'name'>): readonly Recipe[] =>
  name === 'adam' ? [...arms, untold] : arms;
