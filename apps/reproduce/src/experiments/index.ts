import type { Experiment } from '../experiment.js';

/** Every experiment that the command line offers, in the order of its help. */
export const experiments: readonly Experiment[] = [];
