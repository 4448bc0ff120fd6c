import { disposeWeights, logisticRegression } from '@metadistill/models';
import { constantBatch } from '@metadistill/trainer';
import { requireBackend } from '../../native/require-backend.js';
import type { RunContext, RunSpec } from '../../runs/experiment.js';
import { freshStart, measuredTraining, type TrainingSetup } from '../training/measured-training.js';
import { type MethodKind, methodOf } from '../training/methods.js';
import { startOf } from '../training/objectives.js';
import { searchRun } from '../training/search-run.js';
import type { SyntheticConfig } from './config.js';
import { syntheticSets } from './data.js';
import { initialState } from './initial-state.js';
import { scoresOf } from './scores.js';

/** Floating-point operations of a step: 15 examples, 3 features, 2 classes, forward and backward. */
const operationsPerStep = 3 * 2 * 15 * 3 * 2;

/** One run of the synthetic experiment: trains, and emits an evaluation every `evaluateEvery` iterations. */
export async function execute(spec: RunSpec<SyntheticConfig>, context: RunContext): Promise<void> {
  const { config, protocol, run } = spec;
  const method = methodOf(spec.method) as MethodKind;
  const backend = await requireBackend({
    prefer: spec.backend,
    arithmetic: spec.arithmetic ?? 'direct',
    threads: context.threads ?? 1,
    floatingPointOperationsPerStep: operationsPerStep,
  });
  const data = await syntheticSets(config, protocol, method);
  // The teacher is ready: what follows is the run's own time.
  context.begin({ backend, seed: config.seed, data: {} });
  const model = logisticRegression({ inputs: 3, classes: 2 });
  const teacherLogits = {
    values: data.training.teacherLogits.dataSync<'float32'>(),
    examples: data.training.teacherLogits.shape[0],
    classes: 2,
  };
  const setup: TrainingSetup = {
    model,
    method,
    protocol,
    settings: config,
    teacherLogits,
    trainingBatches: constantBatch(data.training),
    validationBatches: constantBatch(data.validation),
    iterations: config.epochs,
    learningRate: () => config.learningRate,
    // The authors number updates from 0 and measure after each `evaluateEvery`-th of those numbers.
    epochAfter: (updates) => ((updates - 1) % config.evaluateEvery === 0 ? updates - 1 : undefined),
    scores: (weights) => scoresOf(model, weights, data, config.validationTemperature),
  };
  const { weights, metaparameters } = initialState(model, config, method, protocol, run);
  try {
    if (method.kind === 'search') {
      // A stream of its own, so that trials differ between runs and from the initial states.
      const best = await searchRun({
        method,
        settings: config,
        seed: config.seed + 1 + run,
        progress: context.progress,
        train: (trial, _, progress) =>
          measuredTraining(setup, freshStart(method, weights, trial), { ...context, progress }),
      });
      for (const evaluation of best) context.emit(evaluation);
      return;
    }
    for await (const { evaluation } of measuredTraining(
      setup,
      freshStart(
        method,
        weights,
        startOf(method, teacherLogits, () => metaparameters),
      ),
      context,
    )) {
      context.emit(evaluation);
    }
  } finally {
    disposeWeights(weights);
  }
}
