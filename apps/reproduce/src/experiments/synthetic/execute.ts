import { selectBackend } from '@metadistill/backend';
import { numpyRandom } from '@metadistill/datasets';
import {
  addCosts,
  type Cost,
  forwardEquivalents,
  type LogitBatch,
  logitProblem,
  sgd,
} from '@metadistill/hypergrad';
import { crossEntropy } from '@metadistill/losses';
import { disposeWeights, logisticRegression, type Model } from '@metadistill/models';
import { randomSearch, type Trial } from '@metadistill/search';
import {
  constantBatch,
  disposeTrainingState,
  startTraining,
  type TrainingState,
  train,
} from '@metadistill/trainer';
import type { Protocol, RunContext, RunSpec } from '../../experiment.js';
import type { Evaluation } from '../../log-schema.js';
import type { MetaparameterName } from '../draw-metaparameters.js';
import { metaOptimization } from '../meta-optimization.js';
import { type MethodKind, methodOf } from '../methods.js';
import { publishedLoss } from '../published-loss.js';
import type { SyntheticConfig } from './config.js';
import { type SyntheticData, syntheticData } from './data.js';
import { evaluate } from './evaluate.js';
import { type InitialState, initialState } from './initial-state.js';

/** Floating-point operations of a step: 15 examples, 3 features, 2 classes, forward and backward. */
const operationsPerStep = 3 * 2 * 15 * 3 * 2;

/** One run of the synthetic experiment: trains, and emits an evaluation every `evaluateEvery` iterations. */
export async function execute(spec: RunSpec<SyntheticConfig>, context: RunContext): Promise<void> {
  const { config } = spec;
  const method = methodOf(spec.method) as MethodKind;
  const backend = await selectBackend({
    prefer: spec.backend,
    floatingPointOperationsPerStep: operationsPerStep,
  });
  const data = await syntheticData(config, spec.protocol, method);
  // The teacher is ready: what follows is the run's own time.
  context.begin({ backend, seed: config.seed });
  const model = logisticRegression({ inputs: 3, classes: 2 });
  const training = { data, config, protocol: spec.protocol, model, method, context };
  const start = initialState(model, config.seed, method, spec.protocol, spec.run);
  try {
    if (method.kind === 'random-search') await searchRun(training, start, spec.run);
    else for await (const { evaluation } of trainingRun(training, start)) context.emit(evaluation);
  } finally {
    disposeWeights(start.weights);
  }
}

interface Training {
  readonly data: SyntheticData;
  readonly config: SyntheticConfig;
  readonly protocol: Protocol;
  readonly model: Model;
  readonly method: MethodKind;
  readonly context: RunContext;
}

interface Measurement {
  readonly evaluation: Evaluation;
  readonly validationAccuracy: number;
}

/** Trains from a start and yields its evaluations. */
async function* trainingRun(training: Training, start: InitialState): AsyncGenerator<Measurement> {
  const { data, config, protocol, model, method, context } = training;
  const problem = logitProblem({
    model,
    trainingLoss: publishedLoss(),
    validationLoss: crossEntropy({ temperature: config.validationTemperature }),
  });
  const optimizer = sgd();
  const { weights, metaparameters } = start;
  const meta =
    method.kind === 'gradient' && metaOptimization(method, config, protocol, constantBatch(data.validation));
  const reports = train<MetaparameterName, LogitBatch>({
    problem,
    trainingBatches: constantBatch(data.training),
    iterations: config.epochs,
    optimizer,
    learningRate: () => config.learningRate,
    start: startTraining<MetaparameterName>(weights, optimizer, metaparameters),
    signal: context.signal,
    ...(meta && { meta }),
  });
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  let last: TrainingState<MetaparameterName> | undefined;
  try {
    for await (const report of reports) {
      last = report.state;
      cost = addCosts(cost, report.cost);
      const { iteration, metaparameters } = report;
      context.progress(iteration + 1, config.epochs);
      if (iteration % config.evaluateEvery !== 0) continue;
      const { validationAccuracy, ...scores } = evaluate(
        model,
        report.state.weights,
        data,
        config.validationTemperature,
      );
      yield {
        validationAccuracy,
        evaluation: {
          epoch: iteration,
          iteration: iteration + 1,
          ...scores,
          ...metaparameters,
          forwardEquivalents: forwardEquivalents(cost),
        },
      };
    }
  } finally {
    if (last) disposeTrainingState(last);
  }
}

/**
 * Random search: trains `searchTrials` times from one start with drawn metaparameters, and reports the training with
 * the highest last validation accuracy, at the cost of all.
 */
async function searchRun(training: Training, start: InitialState, run: number): Promise<void> {
  const { config } = training;
  const search = randomSearch();
  // A stream of its own, so that trials differ between runs and from the initial states.
  const random = numpyRandom(config.seed + 1 + run);
  let state = search.initialize([
    { name: 'distillationFraction', low: 0, high: 1 },
    { name: 'temperature', low: config.temperatureLow, high: config.temperatureHigh, scale: 'log' },
  ]);
  const trials: Measurement[][] = [];
  for (let trial = 0; trial < config.searchTrials; trial++) {
    const asked = search.ask(state, () => random.uniform(0, 1));
    const metaparameters = asked.point as InitialState['metaparameters'];
    const measurements: Measurement[] = [];
    for await (const each of trainingRun(training, { ...start, metaparameters })) {
      measurements.push(each);
    }
    trials[asked.id] = measurements;
    const loss = -(measurements.at(-1) as Measurement).validationAccuracy;
    state = search.tell(asked.state, { id: asked.id, point: asked.point, loss });
  }
  const best = search.best(state) as Trial;
  for (const { evaluation } of trials[best.id] as Measurement[]) {
    const forwardEquivalents = evaluation.forwardEquivalents * config.searchTrials;
    training.context.emit({ ...evaluation, forwardEquivalents });
  }
}
