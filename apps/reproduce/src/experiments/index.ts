import type { Experiment } from '../runs/experiment.js';
import { cifar10, cifar10Small } from './cifar10.js';
import { fashionMnist } from './fashion-mnist.js';
import { smoke } from './smoke.js';
import { synthetic } from './synthetic.js';

/** Every experiment that the command line offers, in the order of its help. */
export const experiments: readonly Experiment[] = [synthetic, fashionMnist, cifar10Small, cifar10, smoke];
