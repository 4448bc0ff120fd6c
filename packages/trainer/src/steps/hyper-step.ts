import {
  addCosts,
  firstNotFinite,
  type HypergradientTensors,
  metaparameterLayout,
  type NamedMetaparameters,
  readHypergradient,
} from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import { dispose } from '@tensorflow/tfjs-core';
import { DivergedError } from '../diverged-error.js';
import type { MetaOptimization, TrainingState, TrainOptions } from '../types.js';
import { plainStep } from './plain-step.js';
import { discard, innerPointOf, learningRateAt, type Next, type Step } from './step.js';

/** A step that computes the hypergradient and moves the metaparameters along it. */
export async function hyperStep<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  meta: MetaOptimization<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
): Promise<Step<Name>> {
  const result = evaluate(options, meta, state, batch);
  let next: Next<Name> = { ...result.next, methodState: result.state };
  try {
    const { gradient, trainingLoss, validationLoss, diagnostics, cost } = await readHypergradient(
      options.problem,
      result,
    );
    checkFinite(state, { 'the training loss': trainingLoss, 'the validation loss': validationLoss });
    const { warning, ...moved } = move(options.problem, meta, state, gradient);
    if (warning !== undefined) {
      // What a method carries on is no more finite than the hypergradient that it made: it starts anew.
      dispose([...result.state]);
      next = { ...next, methodState: [] };
    }
    const common = {
      validationLoss,
      hypergradient: gradient,
      diagnostics,
      saturated: meta.space.saturated(moved.metaparameters),
      ...moved,
      ...(warning !== undefined && { warning }),
    };
    if (meta.update !== 'sequential') return { ...common, trainingLoss, cost, next };
    const taken = await plainStep(
      options,
      warning === undefined ? state : { ...state, methodState: [] },
      batch,
      moved.metaparameters,
    );
    discard(next);
    return {
      ...common,
      trainingLoss: taken.trainingLoss,
      cost: addCosts(cost, taken.cost),
      next: taken.next,
    };
  } catch (error) {
    discard(next);
    throw error;
  }
}

/** The metaparameters after a step of the outer optimizer; as they were, with a warning, if the hypergradient is to be skipped. */
function move<Name extends string, Batch>(
  problem: NamedMetaparameters<Name>,
  { space, optimizer, onNaN }: MetaOptimization<Name, Batch>,
  state: TrainingState<Name>,
  gradient: Metaparameters<Name>,
): {
  readonly metaparameters: Metaparameters<Name>;
  readonly outerState: unknown;
  readonly warning?: string;
} {
  const { iteration, metaparameters, outerState } = state;
  const layout = metaparameterLayout(problem);
  const slopes = layout.flatten(gradient);
  const zeroed = onNaN === 'zero' ? slopes.findIndex(Number.isNaN) : -1;
  const usable = zeroed < 0 ? slopes : slopes.map((slope) => (Number.isNaN(slope) ? 0 : slope));
  const errorOf = (entry: number) =>
    new DivergedError(
      `the hypergradient by ${layout.entryName(entry)}`,
      slopes[entry] as number,
      iteration,
      metaparameters,
      true,
    );
  const bad = firstNotFinite(usable);
  if (bad >= 0) {
    const error = errorOf(bad);
    if (onNaN !== 'skip') throw error;
    return { metaparameters, outerState, warning: error.message };
  }
  const free = space.free(metaparameters);
  const updated = optimizer.update(free, space.pullBack(free, layout.unflatten(usable)), outerState);
  return {
    metaparameters: {
      ...metaparameters,
      ...space.value(updated.metaparameters, { free, metaparameters }),
    },
    outerState: updated.state,
    ...(zeroed >= 0 && { warning: `${errorOf(zeroed).message} It counts as zero.` }),
  };
}

/** Borrows the batches that the method asks for, and gives them back. */
function evaluate<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  { method, validationBatches }: MetaOptimization<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
): HypergradientTensors {
  const { problem, trainingBatches } = options;
  const { iteration, methodState } = state;
  const lent: (() => void)[] = [];
  const borrow = <Lent>(batches: { at(i: number): Lent; release(lent: Lent): void }, i: number): Lent => {
    const borrowed = batches.at(i);
    lent.push(() => batches.release(borrowed));
    return borrowed;
  };
  try {
    const later = Array.from({ length: method.lookahead ?? 0 }, (_, k) => ({
      learningRate: learningRateAt(options, iteration + 1 + k),
      batch: borrow(trainingBatches, iteration + 1 + k),
    }));
    return method.evaluate({
      problem,
      point: innerPointOf(options, state),
      trainingBatch: batch,
      validationBatch: borrow(validationBatches, iteration),
      later,
      state: methodState,
    });
  } finally {
    for (const giveBack of lent) giveBack();
  }
}

function checkFinite<Name extends string>(
  state: TrainingState<Name>,
  quantities: Readonly<Record<string, number>>,
): void {
  for (const [quantity, value] of Object.entries(quantities)) {
    if (!Number.isFinite(value))
      throw new DivergedError(quantity, value, state.iteration, state.metaparameters, true);
  }
}
