import { setImmediate } from 'node:timers/promises';
import { torchRandom } from '@metadistill/datasets';
import {
  addCosts,
  type Cost,
  forwardEquivalents,
  type InnerOptimizer,
  type LogitBatch,
  logitProblem,
  plainStepCost,
} from '@metadistill/hypergrad';
import { crossEntropy, type LogitLoss, type Metaparameters } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import {
  cosineSchedule,
  DivergedError,
  disposeTrainingState,
  type MetaOptimization,
  type MiniBatches,
  startTraining,
  type TrainingState,
  train,
} from '@metadistill/trainer';
import type { PartContext } from '../study.js';

/** What is trained, from what, and how. */
export interface StudentTraining<Name extends string> extends Pick<PartContext, 'signal' | 'progress'> {
  readonly student: Model;
  /** Of the initial weights. */
  readonly seed: number;
  readonly epochs: number;
  readonly trainingBatches: MiniBatches;
  /** One for all epochs, or that of an epoch, counted from 0. */
  readonly trainingLoss: LogitLoss<Name> | ((epoch: number) => LogitLoss<Name>);
  readonly metaparameters: Metaparameters<Name>;
  readonly optimizer: InnerOptimizer;
  /** At the start; it falls to 0 along half a cosine. */
  readonly learningRate: number;
  readonly tuning?: Tuning<Name>;
}

/** How metaparameters are tuned while the student trains. */
export interface Tuning<Name extends string> extends MetaOptimization<Name, LogitBatch> {
  readonly validationLoss: LogitLoss<never>;
}

export interface TrainedStudent<Name extends string> {
  /** Lent while the student is used; undefined if its training diverged. */
  readonly weights: Weights | undefined;
  readonly metaparameters: Metaparameters<Name>;
  /** Network passes, as a multiple of those of plain training. */
  readonly costMultiple: number;
  readonly seconds: number;
}

/** Trains one student and lends it to `use`. A training depends on its options alone. */
export async function trainStudent<Name extends string, Result>(
  options: StudentTraining<Name>,
  use: (trained: TrainedStudent<Name>) => Promise<Result>,
): Promise<Result> {
  const { student, epochs, trainingBatches, trainingLoss, optimizer, signal, tuning } = options;
  const { validationLoss = crossEntropy(), ...meta } = tuning ?? {};
  const iterations = epochs * trainingBatches.batchesPerEpoch;
  const weights = student.initialize(torchRandom(options.seed).uniform);
  const start = startTraining<Name>({ weights, optimizer, metaparameters: options.metaparameters });
  let state: TrainingState<Name> = start;
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  let diverged = false;
  const started = performance.now();
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const from = state;
      for await (const report of train<Name, LogitBatch>({
        problem: logitProblem({
          model: student,
          trainingLoss: typeof trainingLoss === 'function' ? trainingLoss(epoch) : trainingLoss,
          validationLoss,
        }),
        trainingBatches,
        iterations: (epoch + 1) * trainingBatches.batchesPerEpoch,
        optimizer,
        learningRate: cosineSchedule({ from: options.learningRate, to: 0, iterations }),
        start: from,
        signal,
        ...(tuning && { meta: meta as MetaOptimization<Name, LogitBatch> }),
      })) {
        // A step makes every tensor anew: what the epoch before led to is not needed any more.
        if (state === from && from !== start) disposeTrainingState(from);
        state = report.state;
        cost = addCosts(cost, report.cost);
        options.progress(state.iteration / iterations);
        // Lets a signal through.
        await setImmediate();
      }
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    diverged = true;
  }
  const seconds = (performance.now() - started) / 1000;
  try {
    const steps = Math.max(1, state.iteration);
    return await use({
      weights: diverged ? undefined : state.weights,
      metaparameters: state.metaparameters,
      costMultiple: forwardEquivalents(cost) / (steps * forwardEquivalents(plainStepCost)),
      seconds,
    });
  } finally {
    if (state !== start) disposeTrainingState(state);
    disposeTrainingState(start);
  }
}
