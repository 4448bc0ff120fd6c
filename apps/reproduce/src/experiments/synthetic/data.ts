import { type Dataset, syntheticData } from '@metadistill/datasets';
import type { LogitBatch } from '@metadistill/hypergrad';
import { disposeWeights } from '@metadistill/models';
import { dispose, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Protocol } from '../../runs/experiment.js';
import type { MethodKind } from '../training/methods.js';
import type { SyntheticConfig } from './config.js';
import { studentFeatures, teacherFeatures } from './methods.js';
import { teacherModel, trainTeacher } from './teacher.js';

/** A batch with the teacher's logits. */
type Taught = LogitBatch & { readonly teacherLogits: Tensor2D };

/** The sets of one run, full batch. */
export interface SyntheticSets {
  /** 15 points. */
  readonly training: Taught;
  readonly validation: Taught;
  readonly test: LogitBatch;
}

/** Test points of the corrected protocol: enough that a run's test accuracy is known to ±0.007. */
const correctedTestSize = 5000;

/**
 * What a method of a protocol trains on, validates on and is tested on.
 *
 * The paper's data set bit for bit, with the teacher trained on its own 200 points.
 *
 * Published, the 200 test points are the validation set too. Corrected, they are the validation set alone, and the
 * test set is drawn afresh from the same distribution, so that nothing is selected on it.
 * Made once per process and kept for its life.
 */
export function syntheticSets(
  config: SyntheticConfig,
  protocol: Protocol,
  method: MethodKind,
): Promise<SyntheticSets> {
  const features = studentFeatures(method, protocol);
  const { seed, teacherIterations, teacherLearningRate } = config;
  const teacher = [seed, teacherIterations, teacherLearningRate];
  return once(JSON.stringify([...teacher, protocol, features]), async () => {
    const sets = syntheticData({ seed });
    const logits = await once(JSON.stringify(teacher), () => teacherLogits(sets, config));
    const validation = { ...batchOf(sets.test, features), teacherLogits: logits.validation };
    return {
      training: { ...batchOf(sets.studentTrain, features), teacherLogits: logits.training },
      validation,
      test: protocol === 'published' ? validation : batchOf(freshTestSet(seed + 1), features),
    };
  });
}

const made = new Map<string, Promise<unknown>>();

/** What `make` makes the first time that the key is asked for. */
function once<Result>(key: string, make: () => Promise<Result>): Promise<Result> {
  const result = (made.get(key) as Promise<Result> | undefined) ?? make();
  made.set(key, result);
  return result;
}

const freshTestSet = (seed: number): Dataset =>
  syntheticData({ seed, sizes: { teacherTrain: 0, studentTrain: 0, validation: 0, test: correctedTestSize } })
    .test;

/** The trained teacher's logits on the student's 15 points and on the 200 that it is validated on. */
async function teacherLogits(
  sets: ReturnType<typeof syntheticData>,
  config: SyntheticConfig,
): Promise<Readonly<Record<'training' | 'validation', Tensor2D>>> {
  const training = batchOf(sets.teacherTrain, teacherFeatures);
  const teacher = await trainTeacher(training, config);
  const answers = (set: Dataset): Tensor2D => {
    const { inputs, labels } = batchOf(set, teacherFeatures);
    const logits = teacherModel.predict(teacher, inputs);
    dispose([inputs, labels]);
    return logits;
  };
  const logits = { training: answers(sets.studentTrain), validation: answers(sets.test) };
  disposeWeights(teacher);
  dispose([training.inputs, training.labels]);
  return logits;
}

/** Labels and the columns of the examples that a model sees, as float32 `[examples, features]`. */
export function batchOf(
  { examples, exampleShape, labels }: Dataset,
  features: readonly number[],
): LogitBatch {
  const columns = exampleShape[0] as number;
  const picked = Float32Array.from(
    { length: labels.length * features.length },
    (_, i) =>
      examples[
        Math.floor(i / features.length) * columns + (features[i % features.length] as number)
      ] as number,
  );
  return { inputs: tensor2d(picked, [labels.length, features.length]), labels: tensor1d(labels, 'int32') };
}
