import type { InnerOptimizer } from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import type { Weights } from '@metadistill/models';
import type { TrainingState } from '../types.js';

/**
 * The state before iteration 0. It refers to the weights given and makes the optimizer's zero moments; dispose of
 * both with `disposeTrainingState`.
 */
export const startTraining = <Name extends string>(
  weights: Weights,
  optimizer: InnerOptimizer,
  metaparameters: Metaparameters<Name>,
): TrainingState<Name> => ({
  iteration: 0,
  weights,
  optimizerState: optimizer.initialize(weights.parameters),
  metaparameters,
  outerState: undefined,
  controllerState: undefined,
  methodState: [],
});
