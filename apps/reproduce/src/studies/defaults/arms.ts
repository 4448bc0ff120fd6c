import type { Arm } from './arm.js';
import { untold } from './by-distil.js';
import { grid, labels, random, ruled } from './constants.js';
import type { StudyOptimizer } from './optimizers.js';
import { tuned } from './tuned.js';

/** What needs no sweep. */
export const recipes: readonly Arm[] = [labels, ruled, ...tuned];

/** All that is trained, in this order. */
export const arms: readonly Arm[] = [labels, ...grid, ruled, random, ...tuned];

/** What a report names. */
export type Recipe = Pick<Arm, 'name' | 'description' | 'tuning'>;

/** What a raced grid trains further. */
export const finalists = {
  name: 'finalists',
  description: 'the three best of the grid, all starts',
} as const;

/** The recipes of an optimizer: `distil` chooses Adam itself. */
export const armsOf = ({
  name,
  racesGrid,
}: Pick<StudyOptimizer, 'name' | 'racesGrid'>): readonly Recipe[] => [
  ...arms,
  ...(racesGrid ? [finalists] : []),
  ...(name === 'adam' ? [untold] : []),
];
