import { torchRandom } from '@metadistill/datasets';
import {
  adamDescent,
  addCosts,
  type Cost,
  finiteDifference,
  gradientDescent,
  type LogitBatch,
  logitProblem,
  metaparameterSpace,
  mixed,
  plainStepCost,
  sgd,
} from '@metadistill/hypergrad';
import {
  convexMix,
  crossEntropy,
  groupedTemperature,
  type LogitLoss,
  type Metaparameters,
  type MixMetaparameter,
} from '@metadistill/losses';
import { disposeWeights, type Model } from '@metadistill/models';
import {
  constantBatch,
  disposeTrainingState,
  type MetaOptimization,
  startTraining,
  type TrainOptions,
  train,
} from '@metadistill/trainer';
import { always } from '@metadistill/trajectory';
import { dispose, randomUniform, tensor1d, tidy } from '@tensorflow/tfjs-core';

/** What `bench` times: passes and whole steps of training. */
export type BenchName = 'forward' | 'plain-step' | 'hyper-step-exact' | 'hyper-step-arrays' | 'hyper-step-fd';

/** As many metaparameters as reduced CIFAR-10 has examples. */
const manyTemperatures = 11_520;

/** One step that can be repeated; it settles when its result has been read back. */
export interface BenchStep {
  readonly bench: BenchName;
  /** Network passes that a repetition makes. */
  readonly cost: Cost;
  run(): Promise<void>;
}

/**
 * The steps of one model on the current backend: a forward pass in training mode; a step of distillation; one that also
 * tunes fraction and temperature, exactly; one that tunes a temperature for each of 11,520 examples; and the paper's one,
 * by a finite difference and with the step taken again.
 *
 * All start from one draw of the weights and train on one drawn batch.
 *
 * @returns the steps, and what disposes of their tensors.
 */
export function benchSteps(
  model: Model,
  batch: number,
): { readonly steps: readonly BenchStep[]; release(): Promise<void> } {
  const weights = model.initialize(torchRandom(1).uniform);
  const [training, validation] = [drawBatch(model, batch, 1), drawBatch(model, batch, 2)];
  const mix = {
    loss: convexMix({ scaling: 'none' }),
    metaparameters: { distillationFraction: 0.5, temperature: 3 },
  };
  const exact = trained(mix, { ...metaOptimization(validation), method: mixed() });
  const paper = trained(mix, {
    ...metaOptimization(validation),
    method: finiteDifference(),
    update: 'sequential',
  });
  const plain = trained(mix);
  const arrays = trained(
    {
      loss: groupedTemperature({ scaling: 'none', by: 'group', count: manyTemperatures }),
      metaparameters: { 'temperature[]': Array<number>(manyTemperatures).fill(3) },
    },
    {
      ...metaOptimization(validation),
      method: mixed(),
      optimizer: adamDescent({ learningRate: 0.1, sparse: true }),
      space: metaparameterSpace({
        'temperature[]': { bounds: [0.1, 10], transform: 'log', size: manyTemperatures },
      }),
    },
  );
  const exactCost = addCosts(plainStepCost, plainStepCost, { ...none, jvps: 1 });
  const forward = { forwards: 1, backwards: 0, jvps: 0 };
  return {
    steps: [
      { bench: 'forward', cost: forward, run: forwardPass },
      { bench: 'plain-step', cost: plainStepCost, run: plain.run },
      { bench: 'hyper-step-exact', cost: exactCost, run: exact.run },
      { bench: 'hyper-step-arrays', cost: exactCost, run: arrays.run },
      {
        bench: 'hyper-step-fd',
        cost: addCosts(plainStepCost, plainStepCost, plainStepCost, { ...none, forwards: 2 }),
        run: paper.run,
      },
    ],
    async release() {
      for (const { end } of [plain, exact, arrays, paper]) await end();
      disposeWeights(weights);
      for (const each of [training, validation]) {
        dispose(Object.values(each));
      }
    },
  };

  async function forwardPass(): Promise<void> {
    const logits = tidy(() => model.forward(weights, training.inputs, 'training').logits);
    await logits.data();
    logits.dispose();
  }

  /** Training that goes on by one iteration per call. */
  function trained<Name extends string>(
    {
      loss,
      metaparameters,
    }: { readonly loss: LogitLoss<Name>; readonly metaparameters: Metaparameters<Name> },
    meta?: MetaOptimization<Name, LogitBatch>,
  ) {
    const optimizer = sgd();
    const options: TrainOptions<Name, LogitBatch> = {
      problem: logitProblem({ model, trainingLoss: loss, validationLoss: crossEntropy() }),
      trainingBatches: constantBatch(training),
      iterations: Number.MAX_SAFE_INTEGER,
      optimizer,
      learningRate: () => 0.01,
      start: startTraining<Name>({ weights, optimizer, metaparameters }),
      ...(meta && { meta }),
    };
    const iterations = train(options);
    let end = async () => {};
    return {
      async run() {
        const { value } = await iterations.next();
        if (value) {
          end = async () => {
            await iterations.return();
            disposeTrainingState(value.state);
          };
        }
      },
      end: () => end(),
    };
  }
}

const none: Cost = { forwards: 0, backwards: 0, jvps: 0 };

const metaOptimization = (validation: LogitBatch) => ({
  optimizer: gradientDescent({ learningRate: 0.1, clipValue: 0.01 }),
  validationBatches: constantBatch(validation),
  controller: always(),
  space: metaparameterSpace<MixMetaparameter>({
    distillationFraction: { bounds: [0, 1] },
    temperature: { bounds: [0.1, 10] },
  }),
});

/** Images and a teacher's logits without meaning: times do not depend on them. */
function drawBatch(model: Model, batch: number, seed: number): LogitBatch {
  return {
    inputs: randomUniform([batch, ...model.inputShape], -2, 2, 'float32', seed),
    labels: tensor1d(
      Array.from({ length: batch }, (_, i) => i % model.classes),
      'int32',
    ),
    teacherLogits: randomUniform([batch, model.classes], -5, 5, 'float32', seed + 100),
    groups: tensor1d(
      Array.from({ length: batch }, (_, i) => (89 * i) % manyTemperatures),
      'int32',
    ),
  };
}
