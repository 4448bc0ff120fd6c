import { type BilevelProblem, metaparameterLayout } from '@metadistill/hypergrad';
import type { Metaparameters } from '@metadistill/losses';
import type { Weights } from '@metadistill/models';
import { checkNumber, checkOptions, checkPart, describeValue, nearest } from '@metadistill/options';
import { checkMetaparameters } from './check-metaparameters.js';
import { DivergedError } from './diverged-error.js';
import { giveTurn } from './event-loop/give-turn.js';
import { disposeReplaced } from './state/training-state.js';
import { findNotFinite } from './steps/find-not-finite.js';
import { hyperStep } from './steps/hyper-step.js';
import { plainStep } from './steps/plain-step.js';
import { discard } from './steps/step.js';
import type { MetaOptimization, StepReport, TrainingState, TrainOptions } from './types.js';

/**
 * Trains, and tunes the metaparameters by hypergradients while it does: one report per iteration.
 *
 *     for await (const report of train({ ... })) console.log(report.iteration, report.trainingLoss);
 *
 * Each iteration asks the controller where its metaparameters come from (a hypergradient, a prediction, or as they
 * were), then takes one step of the inner optimizer. Weights are never mutated. Before each iteration the event loop gets its
 * turn: timers fire, a page paints, and an abort is heard.
 *
 * @throws TypeError for an unknown option, a start that lacks a metaparameter or has another, or validation batches that lack
 *   what the validation loss reads, such as the teacher's logits, RangeError for metaparameters that start outside their
 *   bounds, arrays that do not have their shapes or weights that are not finite, all before work starts; RangeError at the
 *   iteration whose learning rate is not a finite number of at least 0; DivergedError at the iteration whose loss,
 *   hypergradient or weights are not finite; the signal's reason on abort. The last report received stays valid after an error.
 */
export async function* train<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
): AsyncGenerator<StepReport<Name>, void, undefined> {
  checkKeys(options);
  const { iterations, start, meta, signal } = options;
  metaparameterLayout(options.problem).flatten(start.metaparameters, 'train');
  if (meta) {
    checkSpace(options.problem.metaparameters, start, meta);
    checkValidationBatch(options.problem, start, meta);
  }
  let state: TrainingState<Name> = {
    ...start,
    ...(meta && resumeMeta(start, meta)),
  };
  await checkStart(start);
  while (state.iteration < iterations) {
    await giveTurn();
    signal?.throwIfAborted();
    const report = await iterateOn(options, state);
    if (state.weights !== start.weights) disposeReplaced(state, report.state);
    state = report.state;
    yield report;
  }
}

/** One iteration on its batch, which is given back whatever happens; what the step led to is nobody's if that fails. */
async function iterateOn<Name extends string, Batch>(
  options: TrainOptions<Name, Batch>,
  state: TrainingState<Name>,
): Promise<StepReport<Name>> {
  const { trainingBatches } = options;
  const batch = trainingBatches.at(state.iteration);
  let report: StepReport<Name> | undefined;
  let isDone = false;
  try {
    report = await iterate(options, state, batch);
    trainingBatches.release(batch);
    isDone = true;
    return report;
  } finally {
    if (!isDone && report) discard(report.state);
    else if (!isDone) trainingBatches.release(batch);
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
  const layout = metaparameterLayout(problem);
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
          decision.action === 'predict' ? layout.unflatten(decision.metaparameters) : state.metaparameters,
        );
  const { next, outerState, ...rest } = step;
  try {
    await checkWeights(next.weights, iteration, step.metaparameters, meta !== undefined);
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
          ? meta.controller.observe(
              state.controllerState,
              iteration,
              decision.action,
              layout.flatten(step.metaparameters),
            )
          : state.controllerState,
      },
    };
  } catch (error) {
    discard(next);
    throw error;
  }
}

/** A step that ends in NaN is refused itself: its loss was finite, and the next one's would be too late. */
async function checkWeights<Name extends string>(
  weights: Weights,
  iteration: number,
  metaparameters: Metaparameters<Name>,
  isTuned: boolean,
): Promise<void> {
  const found = await findNotFinite(weights);
  if (!found) return;
  throw new DivergedError(
    `weights.${found.tensor} after the step`,
    found.value,
    iteration,
    metaparameters,
    isTuned,
  );
}

/** @throws RangeError if weights to start from are not finite: no learning rate mends these. */
async function checkStart({ weights }: TrainingState<string>): Promise<void> {
  const found = await findNotFinite(weights);
  if (!found) return;
  throw new RangeError(
    `train: start.weights.${found.tensor} has ${found.value}; expected finite numbers. Were they kept of a training that diverged?`,
  );
}

/** Fills in the states of the outer optimizer and the controller if a start does not carry them. */
const resumeMeta = <Name extends string, Batch>(
  start: TrainingState<Name>,
  meta: MetaOptimization<Name, Batch>,
) => ({
  outerState: start.outerState ?? meta.optimizer.initialize(meta.space.free(start.metaparameters)),
  controllerState: start.controllerState ?? meta.controller.initialize(),
});

function checkKeys<Name extends string, Batch>(options: TrainOptions<Name, Batch>): void {
  checkOptions('train', options, {
    problem: 'problem',
    trainingBatches: 'batches',
    iterations: true,
    optimizer: 'optimizer',
    learningRate: 'schedule',
    start: 'state',
    meta: true,
    signal: 'signal?',
  });
  checkNumber('train', 'iterations', options.iterations, { least: 0, whole: true });
  checkPart('train', 'start.weights', options.start.weights, 'weights');
  const { problem, start } = options;
  checkMetaparameters('train: start.metaparameters', problem.metaparameters, start.metaparameters);
  if (options.meta === undefined) return;
  checkOptions('train: meta', options.meta, {
    method: 'method',
    optimizer: 'outerOptimizer',
    validationBatches: 'batches',
    controller: 'controller',
    space: 'space',
    update: true,
    onNaN: true,
  });
  checkChoice('update', options.meta.update, ['simultaneous', 'sequential']);
  checkChoice('onNaN', options.meta.onNaN, ['throw', 'skip', 'zero']);
}

function checkSpace<Name extends string, Batch>(
  names: readonly Name[],
  start: TrainingState<Name>,
  { space }: MetaOptimization<Name, Batch>,
): void {
  const unknown = space.names.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `train: meta.space: ${nearest('metaparameter', unknown, names.length > 0 ? names : ['(none)'])} ` +
        'The training loss depends on no other. Take it out of the space, or choose a loss that it enters.',
    );
  }
  // A resumed run may stand outside its bounds: predictions are not projected in the published protocol.
  if (start.iteration === 0) space.check(start.metaparameters, 'train');
}

/** The first hypergradient may be many steps away: what its batch lacks is refused now. */
function checkValidationBatch<Name extends string, Batch>(
  problem: BilevelProblem<Name, Batch>,
  { iteration }: TrainingState<Name>,
  { validationBatches }: MetaOptimization<Name, Batch>,
): void {
  if (!problem.checkValidationBatch) return;
  const batch = validationBatches.at(iteration);
  try {
    problem.checkValidationBatch(batch);
  } finally {
    validationBatches.release(batch);
  }
}

/** @throws RangeError if an option is none of its values. */
function checkChoice(option: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value as string)) return;
  throw new RangeError(
    `train: meta.${option} is ${describeValue(value)}; expected ${choices.map((each) => `'${each}'`).join(' or ')}.`,
  );
}
