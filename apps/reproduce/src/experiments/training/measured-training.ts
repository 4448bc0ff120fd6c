import type { TeacherLogits } from '@metadistill/datasets';
import {
  addCosts,
  type Cost,
  forwardEquivalents,
  type LogitBatch,
  logitProblem,
} from '@metadistill/hypergrad';
import type { MixMetaparameter } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import {
  type BatchSource,
  disposeTrainingState,
  type Schedule,
  startTraining,
  type TrainingState,
  train,
} from '@metadistill/trainer';
import type { Evaluation } from '../../logs/log-schema.js';
import type { Protocol, RunContext } from '../../runs/experiment.js';
import { type MetaSettings, metaOptimization, type PublishedSchedule } from './meta-optimization.js';
import type { MethodKind } from './methods.js';
import { learningRateOf, objectivesOf, optimizerOf } from './objectives.js';

/** What an experiment measures of a student. */
export type Scores = Omit<Evaluation, 'epoch' | 'iteration' | MixMetaparameter | 'forwardEquivalents'> & {
  readonly validationAccuracy: number;
};

/** One training of an experiment, whatever its data. */
export interface TrainingSetup {
  readonly model: Model;
  readonly method: MethodKind;
  readonly protocol: Protocol;
  readonly settings: MetaSettings & { readonly validationTemperature: number };
  /** On the training examples. */
  readonly teacherLogits: TeacherLogits;
  readonly trainingBatches: BatchSource<LogitBatch>;
  readonly validationBatches: BatchSource<LogitBatch>;
  readonly iterations: number;
  /** Of the paper's methods. */
  readonly learningRate: Schedule;
  readonly schedule?: PublishedSchedule;
  /** The epoch that a measurement after so many updates belongs to; undefined if none is due. */
  readonly epochAfter: (updates: number) => number | undefined;
  readonly scores: (weights: Weights) => Scores | Promise<Scores>;
}

/** A training's state with its cost so far: all that a cut training resumes from. */
export interface TrainingProgress {
  readonly state: TrainingState<MixMetaparameter>;
  readonly cost: Cost;
}

export interface Measurement extends TrainingProgress {
  readonly evaluation: Evaluation;
  readonly validationAccuracy: number;
}

const noCost: Cost = { forwards: 0, backwards: 0, jvps: 0 };

/** Progress before the first step; refers to the weights given. */
export const freshStart = (
  method: MethodKind,
  weights: Weights,
  metaparameters: Readonly<Record<MixMetaparameter, number>>,
): TrainingProgress => ({
  state: startTraining({ weights, optimizer: optimizerOf(method), metaparameters }),
  cost: noCost,
});

/**
 * Trains a student and yields a measurement wherever one is due.
 *
 * @param from borrowed; the states yielded are lent until the next one is asked for.
 */
export async function* measuredTraining(
  setup: TrainingSetup,
  from: TrainingProgress,
  { progress, signal }: Pick<RunContext, 'progress' | 'signal'>,
): AsyncGenerator<Measurement> {
  const { model, method, settings, iterations } = setup;
  const meta =
    method.kind === 'gradient' &&
    metaOptimization(method, settings, setup.protocol, setup.validationBatches, setup.schedule);
  const problem = logitProblem({
    model,
    ...objectivesOf({
      method,
      teacherLogits: setup.teacherLogits,
      validationTemperature: settings.validationTemperature,
    }),
  });
  let { cost } = from;
  let last: TrainingState<MixMetaparameter> | undefined;
  try {
    for await (const { state, iteration, metaparameters, cost: stepCost } of train<
      MixMetaparameter,
      LogitBatch
    >({
      problem,
      trainingBatches: setup.trainingBatches,
      iterations,
      optimizer: optimizerOf(method),
      learningRate: learningRateOf(method, iterations, setup.learningRate),
      start: from.state,
      signal,
      ...(meta && { meta }),
    })) {
      last = state;
      cost = addCosts(cost, stepCost);
      const updates = iteration + 1;
      progress(updates, iterations);
      const epoch = setup.epochAfter(updates);
      if (epoch === undefined) continue;
      const { validationAccuracy, ...scores } = await setup.scores(state.weights);
      const forwards = forwardEquivalents(cost);
      const evaluation = {
        epoch,
        iteration: updates,
        ...scores,
        ...metaparameters,
        forwardEquivalents: forwards,
      };
      yield { state, cost, evaluation, validationAccuracy };
    }
  } finally {
    if (last) disposeTrainingState(last);
  }
}
