import { defaults } from './defaults.js';
import { manyDials } from './many-dials.js';
import type { Study } from './study.js';
import { trajectories } from './trajectories.js';

/** Every study that the command line offers, in the order of its help. */
export const studies: readonly Study[] = [trajectories, defaults, manyDials];
