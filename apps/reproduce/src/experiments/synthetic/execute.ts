import { selectBackend } from '@metadistill/backend';
import { numpyRandom } from '@metadistill/datasets';
import {
  addCosts,
  type Cost,
  finiteDifference,
  forwardEquivalents,
  gradientDescent,
  type LogitBatch,
  logitProblem,
  metaparameterSpace,
  mixed,
  sgd,
} from '@metadistill/hypergrad';
import { crossEntropy } from '@metadistill/losses';
import { disposeWeights, logisticRegression } from '@metadistill/models';
import { randomSearch, type Trial } from '@metadistill/search';
import {
  constantBatch,
  disposeTrainingState,
  type MetaOptimization,
  startTraining,
  train,
} from '@metadistill/trainer';
import { alternate, always, linear } from '@metadistill/trajectory';
import type { Protocol, RunContext, RunSpec } from '../../experiment.js';
import type { Evaluation } from '../../log-schema.js';
import { publishedLoss } from '../published-loss.js';
import type { SyntheticConfig } from './config.js';
import { type SyntheticData, syntheticData } from './data.js';
import { evaluate } from './evaluate.js';
import { type InitialState, initialState } from './initial-state.js';
import { type MethodKind, methodOf } from './methods.js';

type Name = 'distillationFraction' | 'temperature';

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
  const start = startOf(training, spec.run);
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
  readonly model: ReturnType<typeof logisticRegression>;
  readonly method: MethodKind;
  readonly context: RunContext;
}

/** Published runs start where the authors' did; corrected runs of the same number start alike for all methods. */
function startOf({ model, method, config, protocol }: Training, run: number): InitialState {
  const published = protocol === 'published';
  const firstStream = published && method.kind === 'gradient' ? method.firstStream : 0;
  const rounding = published && method.kind === 'drawn' ? 'exponent' : 'power';
  const drawn = initialState(model, config.seed, firstStream + run, rounding);
  if (method.kind === 'fixed') return { ...drawn, ...fixedMetaparameters(method) };
  // The published random baseline draws the weight of the classification term.
  return published && method.kind === 'drawn'
    ? { ...drawn, distillationFraction: Math.fround(1 - drawn.distillationFraction) }
    : drawn;
}

const fixedMetaparameters = ({ distillationFraction, temperature }: MethodKind & { kind: 'fixed' }) => ({
  distillationFraction,
  temperature,
});

interface Measurement {
  readonly evaluation: Evaluation;
  readonly validationAccuracy: number;
}

/** Trains from a start and yields its evaluations. */
async function* trainingRun(training: Training, start: InitialState): AsyncGenerator<Measurement> {
  const { data, config, model, context } = training;
  const problem = logitProblem({
    model,
    trainingLoss: publishedLoss(),
    validationLoss: crossEntropy({ temperature: config.validationTemperature }),
  });
  const optimizer = sgd();
  const { weights, distillationFraction, temperature } = start;
  const meta = metaOptimization(training);
  const reports = train<Name, LogitBatch>({
    problem,
    trainingBatches: constantBatch(data.training),
    iterations: config.epochs,
    optimizer,
    learningRate: () => config.learningRate,
    start: startTraining<Name>(weights, optimizer, { distillationFraction, temperature }),
    signal: context.signal,
    ...(meta && { meta }),
  });
  let cost: Cost = { forwards: 0, backwards: 0, jvps: 0 };
  let last: Parameters<typeof disposeTrainingState<Name>>[0] | undefined;
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

/** How the method tunes the metaparameters; undefined where it does not. */
function metaOptimization({
  method,
  config,
  data,
  protocol,
}: Training): MetaOptimization<Name, LogitBatch> | undefined {
  if (method.kind !== 'gradient') return undefined;
  const space = metaparameterSpace({
    distillationFraction: { bounds: [0, 1] },
    temperature: { bounds: [config.temperatureLow, config.temperatureHigh] },
  });
  const exact = method.hypergradient === 'exact';
  return {
    method: exact ? mixed() : finiteDifference(),
    optimizer: gradientDescent({ learningRate: config.metaLearningRate, clipValue: config.metaClipValue }),
    validationBatches: constantBatch(data.validation),
    controller: method.predict
      ? alternate({
          ...method.predict,
          predictor: linear(),
          ...(protocol === 'corrected' && { bounds: space.bounds }),
        })
      : always(),
    space,
    update: exact ? 'simultaneous' : 'sequential',
    // The authors' code replaces NaN by zero.
    onNaN: protocol === 'published' ? 'zero' : 'throw',
  };
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
    const { distillationFraction, temperature } = asked.point as Record<Name, number>;
    const measurements: Measurement[] = [];
    for await (const each of trainingRun(training, { ...start, distillationFraction, temperature })) {
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
