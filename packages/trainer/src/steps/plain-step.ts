import { innerStep, plainStepCost, readScalars } from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import { scoped } from '@metadistill/models';
import { DivergedError } from '../diverged-error.js';
import type { TrainingState, TrainOptions } from '../types.js';
import { discard, innerPointOf, type Step } from './step.js';

/** A step of the inner optimizer at given metaparameters; a method that carries a state moves it along. */
export async function plainStep<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): Promise<Step<Name>> {
  const { problem, meta } = options;
  const point = innerPointOf(options, { ...state, metaparameters });
  const made = meta?.method.advance?.({ problem, point, trainingBatch: batch, state: state.methodState }) ?? {
    ...scoped(() => {
      const { value, next } = innerStep(point, problem.training(state.weights, batch, { once: true }));
      return { trainingLoss: value, next };
    }),
    state: [],
    cost: plainStepCost,
  };
  const next = { ...made.next, methodState: made.state };
  try {
    const { trainingLoss } = await readScalars({ trainingLoss: made.trainingLoss });
    if (!Number.isFinite(trainingLoss)) {
      throw new DivergedError(
        'the training loss',
        trainingLoss,
        state.iteration,
        metaparameters,
        meta !== undefined,
      );
    }
    return { trainingLoss, metaparameters, cost: made.cost, next };
  } catch (error) {
    discard(next);
    throw error;
  }
}
