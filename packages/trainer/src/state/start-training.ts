import type { InnerOptimizer } from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import type { Weights } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import type { TrainingState } from '../types.js';

export interface StartTrainingOptions<Name extends string> {
  /** They become part of the state. */
  readonly weights: Weights;
  readonly optimizer: InnerOptimizer;
  readonly metaparameters: Metaparameters<Name>;
}

/**
 * The state before iteration 0. It holds the weights that you give and the optimizer's zero moments; dispose of both
 * with `disposeTrainingState`.
 *
 * @throws TypeError for an unknown option.
 */
export function startTraining<Name extends string>(options: StartTrainingOptions<Name>): TrainingState<Name> {
  checkOptions('startTraining', options, {
    weights: 'weights',
    optimizer: 'optimizer',
    metaparameters: true,
  });
  const { weights, optimizer, metaparameters } = options;
  return {
    iteration: 0,
    weights,
    optimizerState: optimizer.initialize(weights.parameters),
    metaparameters,
    outerState: undefined,
    controllerState: undefined,
    methodState: [],
  };
}
