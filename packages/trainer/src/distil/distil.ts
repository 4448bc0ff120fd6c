import { torchRandom } from '@metadistill/datasets';
import { adam, addCosts, type Cost, forwardEquivalents, plainStepCost } from '@metadistill/hypergrad';
import {
  classificationMetrics,
  type Metaparameters,
  type Metrics,
  type MixMetaparameter,
} from '@metadistill/losses';
import { disposeWeights, type Weights } from '@metadistill/models';
import { clone, dispose, ready } from '@tensorflow/tfjs-core';
import { predictLogits } from '../predict-logits.js';
import { cosineSchedule } from '../schedules/ramps.js';
import { startTraining } from '../state/start-training.js';
import { disposeReplaced, disposeTrainingState } from '../state/training-state.js';
import { train } from '../train.js';
import type { TrainingState } from '../types.js';
import { checkDistil } from './check-distil.js';
import { adamRate } from './distil-defaults.js';
import type { DistilOptions } from './distil-options.js';
import { planDistil } from './plan-distil.js';
import { guardTeacher, type TeacherGuard } from './teacher-guard.js';

/** What an epoch of `distil` led to. */
export interface EpochReport<Name extends string = MixMetaparameter> {
  /** From 0. */
  readonly epoch: number;
  /** Mean over the epoch's steps. */
  readonly trainingLoss: number;
  /** On the validation set, in evaluation mode. */
  readonly validation: Metrics;
  /** The teacher's accuracy on the validation set, if its answers there are known. */
  readonly teacherAccuracy?: number;
  readonly metaparameters: Metaparameters<Name>;
  /** What the metaparameters are tuned on: the mean of `validationLoss` over the epoch's hypergradients, if there were any. */
  readonly tuningLoss?: number;
  /** Network passes so far, as a multiple of those of plain training. */
  readonly costMultiple: number;
  /** Lent until the next report arrives; those of the last report received belong to the receiver. */
  readonly weights: Weights;
}

/**
 * Distils a student by a recipe that needs no sweep, or with metaparameters that are tuned while it trains.
 *
 *     for await (const { epoch, validation, weights } of distil({ ... })) console.log(epoch, validation.accuracy);
 *
 * By default Adam takes steps on (1 − f)·CE + f·c(T)·KL with f = 0.9, the temperature T at which the teacher gives 0.65 of ten classes to
 * its first choice, and the factor c of `matchedScaling`. With a `controller`, exact scale-free hypergradients of the
 * validation loss move the metaparameters. A student that is better than its teacher on the validation examples, by more than two
 * standard errors, goes on with f = 0, and returns to the teacher if it gets as much worse.
 *
 * Several `teachers` and the labels are mixed by `trustMix`, each trusted by the class that it says: as often as it is right
 * on the validation examples (`countedTrust`) if `validationTeachers` are given, else all alike until a `controller` moves it.
 *
 * `train` has every choice that is made here. Waits for the backend of TensorFlow.js, as wasm needs.
 *
 * @throws Error, TypeError or RangeError before work starts if there is no backend, a loss reads a teacher and there is none,
 *   an option is unknown or contradicts another, or data, labels, logits, counts or losses do not fit; DivergedError if a loss is not finite.
 */
export function distil(
  options: DistilOptions<'trust[]'> & Required<Pick<DistilOptions, 'teachers'>>,
): AsyncGenerator<EpochReport<'trust[]'>, void, undefined>;
export function distil<Name extends string = MixMetaparameter>(
  options: DistilOptions<Name>,
): AsyncGenerator<EpochReport<Name>, void, undefined>;
export async function* distil<Name extends string>(
  options: DistilOptions<Name>,
): AsyncGenerator<EpochReport<Name>, void, undefined> {
  checkDistil(options);
  await backendReady();
  const { student, validation, epochs, seed, signal } = options;
  const plan = await planDistil(options);
  const { problem, training, teacherOnValidation, meta } = plan;
  const optimizer = options.optimizer ?? adam();
  const iterations = epochs * training.batchesPerEpoch;
  const { learningRate = cosineSchedule({ from: adamRate(iterations), to: 0, iterations }) } = options;
  const measure = (logits: Float32Array) =>
    classificationMetrics({ logits, labels: validation.labels, classes: student.classes });
  const teacherAccuracy = teacherOnValidation && measure(teacherOnValidation.values).accuracy;
  const weights = options.weights ?? student.initialize(torchRandom(seed).uniform);
  const start = startTraining<Name>({ weights, optimizer, metaparameters: plan.metaparameters });
  let state: TrainingState<Name> = start;
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  let lent: Weights | undefined;
  let guard: TeacherGuard<Name> = 'armed';
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      let summedLoss = 0;
      let summedTuningLoss = 0;
      let hypergradients = 0;
      const from = state;
      for await (const report of train({
        problem,
        trainingBatches: training,
        iterations: (epoch + 1) * training.batchesPerEpoch,
        optimizer,
        learningRate: typeof learningRate === 'function' ? learningRate : () => learningRate,
        start: from,
        ...(meta && typeof guard === 'string' && { meta }),
        ...(signal && { signal }),
      })) {
        // The start of an epoch is borrowed by it: what the epoch before led to is ours to dispose of.
        if (state === from && from !== start) disposeReplaced(from, report.state);
        state = report.state;
        cost = addCosts(cost, report.cost);
        summedLoss += report.trainingLoss;
        if (report.validationLoss !== undefined) {
          summedTuningLoss += report.validationLoss;
          hypergradients++;
        }
      }
      const metrics = measure(await predictLogits(student, state.weights, plan.validation, signal));
      if (lent) disposeWeights(lent);
      lent = copyOf(state.weights);
      yield {
        epoch,
        trainingLoss: summedLoss / training.batchesPerEpoch,
        validation: metrics,
        metaparameters: state.metaparameters,
        ...(hypergradients > 0 && { tuningLoss: summedTuningLoss / hypergradients }),
        ...(teacherAccuracy !== undefined && { teacherAccuracy }),
        costMultiple: forwardEquivalents(cost) / (state.iteration * forwardEquivalents(plainStepCost)),
        weights: lent,
      };
      if (teacherAccuracy === undefined || !('distillationFraction' in state.metaparameters)) continue;
      const guarded: ReturnType<typeof guardTeacher<Name>> = guardTeacher(guard, {
        epoch,
        epochs,
        accuracy: metrics.accuracy,
        teacherAccuracy,
        examples: validation.labels.length,
        metaparameters: state.metaparameters,
      });
      guard = guarded.guard;
      state = { ...state, metaparameters: guarded.metaparameters };
    }
  } finally {
    // A run that is cut short in mid-epoch leaves the weights of its last report valid.
    if (state !== start) disposeTrainingState(state);
    if (!options.weights) disposeWeights(weights);
    dispose([...start.optimizerState]);
  }
}

async function backendReady(): Promise<void> {
  try {
    await ready();
  } catch (cause) {
    throw new Error(
      `distil: TensorFlow.js has no backend that works (${(cause as Error).message}); expected one. Import one first, such ` +
        "as '@tensorflow/tfjs-backend-cpu'.",
      { cause },
    );
  }
}

/** The same values in tensors of their own lifetime; the memory is shared. */
const copyOf = ({ parameters, statistics }: Weights): Weights => ({
  parameters: parameters.map((tensor) => clone(tensor)),
  statistics: statistics.map((tensor) => clone(tensor)),
});
