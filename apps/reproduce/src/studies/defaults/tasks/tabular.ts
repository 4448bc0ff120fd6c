import { type Dataset, type TeacherLogits, torchRandom } from '@metadistill/datasets';
import { adam, logitProblem } from '@metadistill/hypergrad';
import { crossEntropy } from '@metadistill/losses';
import { dense, type LayeredModel, model, relu, type UniformSampler } from '@metadistill/models';
import { disposeTrainingState, miniBatches, predictLogits, startTraining, train } from '@metadistill/trainer';
import type { Task } from './task.js';

const features = 20;
const classes = 5;
const sizes = { training: 1500, validation: 500, test: 1000 };

const settings = {
  epochs: 40,
  batchSize: 64,
  dataSeed: 3,
  teacherSeed: 42,
  teacherUnits: 128,
  teacherEpochs: 30,
  teacherLearningRate: 0.003,
  studentUnits: 12,
};

/** Columns of numbers whose class a random network with a hidden layer decides: no batch norm, no images. */
export const tabular: Task = {
  name: 'tabular',
  description:
    'a dense student of 12 units and a dense teacher of 128 on 1,500 examples of 20 columns and 5 classes, 500 to validate on, 1,000 to test',
  settings,
  seedsPerStart: 5,
  async load() {
    const { training, validation, test } = drawSets();
    const answers = await trainedTeacher(training);
    return {
      student: () => denseNet('tabularStudent', settings.studentUnits),
      training: { dataset: training, teacherLogits: await answers(training) },
      validation: { dataset: validation, teacherLogits: await answers(validation) },
      test,
    };
  },
};

const denseNet = (name: string, units: number): LayeredModel =>
  model({
    name,
    inputShape: [features],
    classes,
    layers: [
      dense({ inputs: features, outputs: units, name: 'hidden' }),
      relu(),
      dense({ inputs: units, outputs: classes, name: 'logits' }),
    ],
  });

/** Examples from one stream of numbers: columns from U(−1.7, 1.7), labelled by a network whose weights are drawn first. */
function drawSets(): Readonly<Record<keyof typeof sizes, Dataset>> {
  const { uniform } = torchRandom(settings.dataSeed);
  const units = 4 * classes;
  const hidden = Float32Array.from({ length: features * units }, () => uniform(-1, 1));
  const output = Float32Array.from({ length: units * classes }, () => uniform(-1, 1));
  const draw = (name: string, count: number) => drawSet(name, count, hidden, output, uniform);
  return {
    training: draw('tabular training', sizes.training),
    validation: draw('tabular validation', sizes.validation),
    test: draw('tabular test', sizes.test),
  };
}

function drawSet(
  name: string,
  count: number,
  hidden: Float32Array,
  output: Float32Array,
  uniform: UniformSampler,
): Dataset {
  const examples = Float32Array.from({ length: count * features }, () => uniform(-1.7, 1.7));
  const labels = Int32Array.from({ length: count }, (_, i) => {
    const example = examples.subarray(i * features, (i + 1) * features);
    const activations = timesMatrix(example, hidden).map((value) => Math.max(0, value));
    const logits = timesMatrix(activations, output);
    return logits.indexOf(Math.max(...logits));
  });
  return { name, examples, exampleShape: [features], labels, classes };
}

/** A row vector times a row-major matrix. */
function timesMatrix(vector: ArrayLike<number>, matrix: Float32Array): number[] {
  const columns = matrix.length / vector.length;
  return Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < vector.length; row++) {
      sum += (vector[row] as number) * (matrix[row * columns + column] as number);
    }
    return sum;
  });
}

/** Trains the teacher on labels; its logits on a data set. */
async function trainedTeacher(dataset: Dataset): Promise<(dataset: Dataset) => Promise<TeacherLogits>> {
  const { batchSize, teacherSeed, teacherEpochs, teacherLearningRate, teacherUnits } = settings;
  const teacher = denseNet('tabularTeacher', teacherUnits);
  const batches = miniBatches({ dataset, batchSize, shuffleSeed: teacherSeed });
  const optimizer = adam();
  const weights = teacher.initialize(torchRandom(teacherSeed).uniform);
  const start = startTraining<never>({ weights, optimizer, metaparameters: {} });
  let trained = start;
  for await (const { state } of train({
    problem: logitProblem({ model: teacher, trainingLoss: crossEntropy(), validationLoss: crossEntropy() }),
    trainingBatches: batches,
    iterations: teacherEpochs * batches.batchesPerEpoch,
    optimizer,
    learningRate: () => teacherLearningRate,
    start,
  })) {
    trained = state;
  }
  disposeTrainingState(start);
  return async (asked) => ({
    values: await predictLogits(teacher, trained.weights, miniBatches({ dataset: asked, batchSize: 500 })),
    examples: asked.labels.length,
    classes,
  });
}
