import { addCosts, byName, type HypergradientTensors, readHypergradient } from '@metadistill/hypergrad';
import { DivergedError } from './diverged-error.js';
import { discard, innerPointOf, plainStep, type Step } from './plain-step.js';
import type { MetaOptimization, TrainingState, TrainOptions } from './types.js';

/** A step that computes the hypergradient and moves the metaparameters along it. */
export async function hyperStep<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  meta: MetaOptimization<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
): Promise<Step<Name>> {
  const names = options.problem.metaparameters;
  const result = evaluate(options, meta, state, batch);
  const next = { ...result.next, methodState: result.state };
  const read = await readHypergradient(options.problem, result);
  const { trainingLoss, validationLoss, diagnostics, cost } = read;
  try {
    checkFinite(state, { 'the training loss': trainingLoss, 'the validation loss': validationLoss });
    const hypergradient = byName(
      names,
      names.map((name) =>
        meta.onNaN === 'zero' && Number.isNaN(read.gradient[name]) ? 0 : read.gradient[name],
      ),
    );
    checkFinite(
      state,
      Object.fromEntries(names.map((name) => [`the hypergradient by ${name}`, hypergradient[name]])),
    );
    const { space } = meta;
    const free = space.free(state.metaparameters);
    const updated = meta.optimizer.update(
      free,
      space.pullBack(
        free,
        space.names.map((name) => hypergradient[name]),
      ),
      state.outerState,
    );
    const metaparameters = { ...state.metaparameters, ...space.value(updated.metaparameters) };
    const common = {
      validationLoss,
      hypergradient: read.gradient,
      diagnostics,
      metaparameters,
      saturated: space.saturated(metaparameters),
      outerState: updated.state,
    };
    if (meta.update !== 'sequential') return { ...common, trainingLoss, cost, next };
    const step = await plainStep(options, state, batch, metaparameters);
    discard(next);
    return { ...common, trainingLoss: step.trainingLoss, cost: addCosts(cost, step.cost), next: step.next };
  } catch (error) {
    discard(next);
    throw error;
  }
}

/** Borrows the batches that the method asks for, and gives them back. */
function evaluate<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  { method, validationBatches }: MetaOptimization<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
): HypergradientTensors {
  const { problem, trainingBatches, learningRate } = options;
  const { iteration, methodState } = state;
  const later = Array.from({ length: method.lookahead ?? 0 }, (_, k) => ({
    batch: trainingBatches.at(iteration + 1 + k),
    learningRate: learningRate(iteration + 1 + k),
  }));
  const validationBatch = validationBatches.at(iteration);
  try {
    const context = { later, state: methodState };
    return method.evaluate(problem, innerPointOf(options, state), batch, validationBatch, context);
  } finally {
    validationBatches.release(validationBatch);
    for (const step of later) trainingBatches.release(step.batch);
  }
}

function checkFinite<Name extends string>(
  state: TrainingState<Name>,
  quantities: Readonly<Record<string, number>>,
): void {
  for (const [quantity, value] of Object.entries(quantities)) {
    if (!Number.isFinite(value))
      throw new DivergedError(quantity, value, state.iteration, state.metaparameters);
  }
}
