import {
  addCosts,
  type BilevelProblem,
  byName,
  type Cost,
  type InnerOptimizer,
  innerStep,
  plainStepCost,
} from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import { scoped, type Weights } from '@metadistill/models';
import { dispose, type Scalar } from '@tensorflow/tfjs-core';
import { DivergedError } from './diverged-error.js';
import { disposeReplaced } from './training-state.js';
import type { BatchSource, MetaOptimization, StepReport, TrainingState } from './types.js';

export interface TrainOptions<Name extends string, Batch> {
  readonly problem: BilevelProblem<Name, Batch>;
  readonly trainingBatches: BatchSource<Batch>;
  /** Number of iterations in all, those of a resumed `start` included. */
  readonly iterations: number;
  readonly optimizer: InnerOptimizer;
  /** Inner learning rate of an iteration. */
  readonly learningRate: (iteration: number) => number;
  /** A fresh start, or the state of an earlier report. Borrowed. */
  readonly start: TrainingState<Name>;
  /** Without it the metaparameters stay what `start` has. */
  readonly meta?: MetaOptimization<Name, Batch>;
  readonly signal?: AbortSignal;
}

/**
 * Trains, and tunes the metaparameters by hypergradients while it does: one report an iteration.
 *
 *     for await (const report of train({ ... })) console.log(report.iteration, report.trainingLoss);
 *
 * Each iteration asks the controller where its metaparameters come from (a hypergradient, a prediction, or as they
 * were), then takes one step of the inner optimizer. Weights are never mutated.
 *
 * @throws RangeError before work starts where the metaparameters start outside their bounds;
 *   DivergedError at the iteration whose loss or hypergradient is not finite; the signal's reason on abort.
 *   The last report received stays valid after an error.
 */
export async function* train<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
): AsyncGenerator<StepReport<Name>, void, undefined> {
  const { iterations, start, meta, signal } = options;
  if (meta) checkSpace(options.problem.metaparameters, start, meta);
  let state: TrainingState<Name> = {
    ...start,
    ...(meta && resumeMeta(start, meta)),
  };
  while (state.iteration < iterations) {
    signal?.throwIfAborted();
    const batch = options.trainingBatches.at(state.iteration);
    let report: StepReport<Name>;
    try {
      report = await iterate(options, state, batch);
    } finally {
      options.trainingBatches.release(batch);
    }
    if (state.weights !== start.weights) disposeReplaced(state, report.state);
    state = report.state;
    yield report;
  }
}

/** One iteration: decide, update the metaparameters, take the step, tell the controller. */
async function iterate<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
): Promise<StepReport<Name>> {
  const { meta, problem } = options;
  const { iteration } = state;
  const decision = meta
    ? meta.controller.decide(state.controllerState, iteration)
    : ({ action: 'hold' } as const);
  const step =
    meta && decision.action === 'gradient'
      ? await hyperStep(options, meta, state, batch)
      : await plainStep(
          options,
          state,
          batch,
          decision.action === 'predict'
            ? byName(problem.metaparameters, decision.metaparameters)
            : state.metaparameters,
        );
  const values = problem.metaparameters.map((name) => step.metaparameters[name]);
  const { next, outerState, ...rest } = step;
  return {
    iteration,
    action: decision.action,
    ...rest,
    state: {
      iteration: iteration + 1,
      ...next,
      metaparameters: step.metaparameters,
      outerState: outerState ?? state.outerState,
      controllerState: meta
        ? meta.controller.observe(state.controllerState, iteration, decision.action, values)
        : state.controllerState,
    },
  };
}

interface Step<Name extends string> {
  readonly trainingLoss: number;
  readonly validationLoss?: number;
  readonly hypergradient?: Metaparameters<Name>;
  readonly metaparameters: Metaparameters<Name>;
  readonly saturated?: readonly Name[];
  readonly cost: Cost;
  readonly next: Pick<TrainingState<Name>, 'weights' | 'optimizerState'>;
  readonly outerState?: unknown;
}

/** A step of the inner optimizer at given metaparameters. */
async function plainStep<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): Promise<Step<Name>> {
  const { problem } = options;
  const { value, next } = scoped(() => {
    const { value, next } = innerStep(
      innerPoint(options, { ...state, metaparameters }),
      problem.training(state.weights, batch),
    );
    return { value, next };
  });
  const [trainingLoss] = await readScalars([value]);
  if (!Number.isFinite(trainingLoss)) {
    discard(next);
    throw new DivergedError('the training loss', trainingLoss as number, state.iteration, metaparameters);
  }
  return { trainingLoss: trainingLoss as number, metaparameters, cost: plainStepCost, next };
}

/** A step that computes the hypergradient and moves the metaparameters along it. */
async function hyperStep<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  meta: MetaOptimization<Name, Batch>,
  state: TrainingState<Name>,
  batch: Batch,
): Promise<Step<Name>> {
  const { problem } = options;
  const names = problem.metaparameters;
  const validationBatch = meta.validationBatches.at(state.iteration);
  const { next, gradient, validationLoss, trainingLoss, validationGradientNorm } = meta.method.evaluate(
    problem,
    innerPoint(options, state),
    batch,
    validationBatch,
  );
  meta.validationBatches.release(validationBatch);
  dispose(validationGradientNorm);
  const components = Array.from(await gradient.data());
  dispose(gradient);
  const [training, validation] = (await readScalars([trainingLoss, validationLoss])) as [number, number];
  try {
    checkFinite(state, { 'the training loss': training, 'the validation loss': validation });
    const usable = components.map((component) =>
      meta.onNaN === 'zero' && Number.isNaN(component) ? 0 : component,
    );
    checkFinite(
      state,
      Object.fromEntries(names.map((name, j) => [`the hypergradient by ${name}`, usable[j] as number])),
    );
    const { space } = meta;
    const hypergradient = byName(names, usable);
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
      validationLoss: validation,
      hypergradient: byName(names, components),
      metaparameters,
      saturated: space.saturated(metaparameters),
      outerState: updated.state,
    };
    const cost = meta.method.cost(names.length);
    if (meta.update !== 'sequential') return { ...common, trainingLoss: training, cost, next };
    const step = await plainStep(options, state, batch, metaparameters);
    discard(next);
    return { ...common, trainingLoss: step.trainingLoss, cost: addCosts(cost, step.cost), next: step.next };
  } catch (error) {
    discard(next);
    throw error;
  }
}

const innerPoint = <Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  state: TrainingState<Name>,
) => ({
  weights: state.weights,
  metaparameters: state.metaparameters,
  optimizer: options.optimizer,
  optimizerState: state.optimizerState,
  learningRate: options.learningRate(state.iteration),
});

/** Fills in the states of the outer optimizer and the controller where a start does not carry them. */
const resumeMeta = <Name extends string, Batch>(
  start: TrainingState<Name>,
  meta: MetaOptimization<Name, Batch>,
) => ({
  outerState: start.outerState ?? meta.optimizer.initialize(meta.space.free(start.metaparameters)),
  controllerState: start.controllerState ?? meta.controller.initialize(),
});

function checkSpace<Name extends string, Batch>(
  names: readonly Name[],
  start: TrainingState<Name>,
  { space }: MetaOptimization<Name, Batch>,
): void {
  const unknown = space.names.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `train: the space has a metaparameter ${unknown}; expected some of ${names.join(', ') || '(none)'}, on which ` +
        'the training loss depends. Take it out of the space, or choose a loss that it enters.',
    );
  }
  // A resumed run may stand outside its bounds: predictions are not projected in the published protocol.
  if (start.iteration === 0) space.check(start.metaparameters, 'train');
}

const discard = (next: {
  readonly weights: Weights;
  readonly optimizerState: readonly { dispose(): void }[];
}): void => {
  for (const tensor of [...next.weights.parameters, ...next.weights.statistics, ...next.optimizerState])
    tensor.dispose();
};

async function readScalars(scalars: readonly Scalar[]): Promise<number[]> {
  const values = await Promise.all(scalars.map((scalar) => scalar.data()));
  dispose([...scalars]);
  return values.map((value) => value[0] as number);
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
