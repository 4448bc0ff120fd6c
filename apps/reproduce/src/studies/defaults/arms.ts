import type { Arm } from './arm.js';
import { grid, labels, random, ruled } from './constants.js';
import { tuned } from './tuned.js';

/** What needs no sweep. */
export const recipes: readonly Arm[] = [labels, ...ruled, ...tuned];

/** All that is trained, in this order. */
export const arms: readonly Arm[] = [labels, ...grid, ...ruled, random, ...tuned];
