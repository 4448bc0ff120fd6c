import { torchRandom } from '@metadistill/datasets';
import {
  adam,
  addCosts,
  type Cost,
  forwardEquivalents,
  type InnerOptimizer,
  plainStepCost,
} from '@metadistill/hypergrad';
import { classificationMetrics, type Metaparameters } from '@metadistill/losses';
import { cloneWeights, disposeWeights, type Weights } from '@metadistill/models';
import { dispose } from '@tensorflow/tfjs-core';
import { DivergedError } from '../diverged-error.js';
import { predictLogits } from '../predict-logits.js';
import { cosineSchedule } from '../schedules/ramps.js';
import { startTraining } from '../state/start-training.js';
import { disposeReplaced, disposeTrainingState } from '../state/training-state.js';
import { findNotFinite } from '../steps/find-not-finite.js';
import { train } from '../train.js';
import type { TrainingState } from '../types.js';
import { afterEpoch, untried } from './callbacks/early-stopping.js';
import type { Listeners } from './callbacks/listeners.js';
import type { DistilTask } from './distil-task.js';
import type { EpochReport } from './epoch-report.js';
import { logNames, logsOf } from './metrics/logs.js';
import { adamRate } from './plan/distil-defaults.js';
import { planDistil } from './plan/plan-distil.js';
import { guardTeacher, type TeacherGuard } from './teachers/teacher-guard.js';

/** Further below than any logit of a class that is not masked. */
const MASKED = 1e32;

/**
 * The training loop of `distil`, epoch by epoch. The weights of a report are lent until the next one; those of the last are the
 * best ones if they are to be restored.
 *
 * @param assign puts the weights of an epoch into a student that is a `tf.LayersModel`, before anybody is told of the epoch: a
 *   callback that saves the student saves what was measured.
 */
export async function* runEpochs<Name extends string>(
  task: DistilTask<Name>,
  listeners: Listeners,
  assign?: (weights: Weights) => void,
): AsyncGenerator<EpochReport<Name>, void, undefined> {
  const { student, validation, epochs, seed, signal, earlyStopping, metrics: asked = [] } = task;
  const plan = await planDistil(task);
  const { problem, training, teacherOnValidation, meta } = plan;
  const optimizer = task.optimizer ?? adam();
  const iterations = epochs * training.batchesPerEpoch;
  const { learningRate = cosineSchedule({ from: adamRate(iterations, student), to: 0, iterations }) } = task;
  const { labels } = validation;
  const { classes } = student;
  const measured = (logits: Float32Array) => classificationMetrics({ logits, labels, classes });
  // A class that the teacher masks, by −Infinity, is as far from its first choice when it is finite.
  const finite = teacherOnValidation?.values.map((logit) => Math.max(logit, -MASKED));
  const teacherAccuracy = finite && measured(finite).accuracy;
  const weights = task.weights ?? student.initialize(torchRandom(seed).uniform);
  const disposeMade = () => task.weights || disposeWeights(weights);
  const start = await startFrom(weights, optimizer, plan.metaparameters).catch((error: unknown) => {
    disposeMade();
    throw error;
  });
  let state: TrainingState<Name> = start;
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  let lent: Weights | undefined;
  let best: Weights | undefined;
  let patience = untried(earlyStopping ?? {});
  let guard: TeacherGuard<Name> = 'armed';
  try {
    listeners.introduce({
      epochs,
      samples: task.training.labels.length,
      steps: training.batchesPerEpoch,
      batchSize: plan.batchSize,
      verbose: 0,
      doValidation: true,
      metrics: logNames(asked),
    });
    await listeners.tell('onTrainBegin', {});
    for (let epoch = 0; epoch < epochs; epoch++) {
      let summedLoss = 0;
      let summedTuningLoss = 0;
      let hypergradients = 0;
      let batch = 0;
      const from = state;
      await listeners.tell('onEpochBegin', epoch, {});
      await listeners.tell('onBatchBegin', batch, {});
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
        await listeners.tell('onBatchEnd', batch++, { loss: report.trainingLoss });
        if (batch < training.batchesPerEpoch) await listeners.tell('onBatchBegin', batch, {});
      }
      const logits = await predictLogits(student, state.weights, plan.validation, signal);
      const strange = logits.find((logit) => !Number.isFinite(logit));
      if (strange !== undefined) {
        const { iteration, metaparameters } = state;
        throw new DivergedError(
          "the student's logit of a validation example",
          strange,
          iteration,
          metaparameters,
          meta !== undefined,
        );
      }
      const metrics = measured(logits);
      const trainingLoss = summedLoss / training.batchesPerEpoch;
      const logs = await logsOf(asked, trainingLoss, { metrics, logits, labels, classes });
      assign?.(state.weights);
      await listeners.tell('onEpochEnd', epoch, logs);
      if (earlyStopping) {
        const value = logs[earlyStopping.monitor ?? 'val_loss'] as number;
        patience = afterEpoch(earlyStopping, patience, { epoch, value });
        if (patience.bestEpoch === epoch && earlyStopping.restoreBestWeights !== false) {
          const better = cloneWeights(state.weights);
          if (best) disposeWeights(best);
          best = better;
        }
      }
      const isLast = epoch === epochs - 1 || patience.isOver || listeners.isStopped();
      const reported = isLast && best ? best : state.weights;
      if (reported === best) assign?.(best);
      if (isLast) await listeners.tell('onTrainEnd', logs);
      // First the copy: without memory for it, what was lent before is still there.
      const copy = cloneWeights(reported);
      if (lent) disposeWeights(lent);
      lent = copy;
      yield {
        epoch,
        trainingLoss,
        validation: metrics,
        logs,
        ...(patience.bestEpoch !== undefined && { bestEpoch: patience.bestEpoch }),
        metaparameters: state.metaparameters,
        ...(hypergradients > 0 && { tuningLoss: summedTuningLoss / hypergradients }),
        ...(teacherAccuracy !== undefined && { teacherAccuracy }),
        costMultiple: forwardEquivalents(cost) / (state.iteration * forwardEquivalents(plainStepCost)),
        weights: lent,
      };
      if (isLast) return;
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
    if (best) disposeWeights(best);
    // A run that is cut short in mid-epoch leaves the weights of its last report valid.
    if (state !== start) disposeTrainingState(state);
    disposeMade();
    dispose([...start.optimizerState]);
  }
}

/** @throws RangeError if weights that were given are not finite: no learning rate mends these. */
async function startFrom<Name extends string>(
  weights: Weights,
  optimizer: InnerOptimizer,
  metaparameters: Metaparameters<Name>,
): Promise<TrainingState<Name>> {
  const found = await findNotFinite(weights);
  if (!found) return startTraining<Name>({ weights, optimizer, metaparameters });
  throw new RangeError(
    `distil: weights.${found.tensor} has ${found.value}; expected finite numbers. Were they kept of a training that diverged?`,
  );
}
