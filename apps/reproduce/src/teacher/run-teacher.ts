import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { BackendName } from '@metadistill/backend';
import {
  publishedCifar10Normalization,
  publishedFashionMnistNormalization,
  sliceExamples,
  type TrainTest,
} from '@metadistill/datasets';
import { dataFolder, loadCifar10, loadFashionMnist } from '@metadistill/datasets/node';
import { classificationMetrics } from '@metadistill/losses';
import type { Model } from '@metadistill/models';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import { makeWritableFolder } from '../logs/make-writable-folder.js';
import { requireBackend } from '../native/require-backend.js';
import { versions } from '../runs/versions.js';
import { formatDuration, secondsLeft } from '../terminal/duration.js';
import { watchForStop } from '../terminal/watch-for-stop.js';
import { teacherModel } from './teacher-models.js';
import type { TeacherDataset, TeacherName } from './teacher-names.js';
import type { TeacherSettings } from './teacher-settings.js';
import { trainTeacher } from './train-teacher.js';
import { teacherBatch, writeTeacher } from './write-teacher.js';

export interface TeacherRun {
  readonly dataset: TeacherDataset;
  readonly model: TeacherName<TeacherDataset>;
  readonly settings: TeacherSettings;
  /** Images at the front of each set that are used; all where undefined. */
  readonly images: number | undefined;
  readonly backend: 'auto' | BackendName;
  /** Absolute; the data folder's `teacher-logits` where undefined. */
  readonly out: string | undefined;
  /** A path as it is to be printed. */
  readonly show: (path: string) => string;
}

const teacherData = {
  cifar10: { load: loadCifar10, normalization: publishedCifar10Normalization, experiment: 'cifar10' },
  'fashion-mnist': {
    load: loadFashionMnist,
    normalization: publishedFashionMnistNormalization,
    experiment: 'fashion-mnist',
  },
} as const;

/** At least this long between two looks at whether to stop. */
const pauseMs = 100;

/** Trains a teacher and writes its files; the exit code. @throws before training starts if nothing could be kept. */
export async function teacherCommandRun(run: TeacherRun): Promise<number> {
  const { dataset, settings, images, show } = run;
  const name = run.model;
  const model = teacherModel(dataset, name) as Model;
  const folder = run.out ?? join(dataFolder(), 'teacher-logits');
  makeWritableFolder(folder, `the folder ${folder}`, '--out');
  const backend = await requireBackend({ prefer: run.backend });
  const { load, normalization, experiment } = teacherData[dataset];
  const { train, test } = front(await load(), images);
  console.log(`${name} on ${train.labels.length} images of ${train.name}; backend ${backend.reason}`);
  const stop = watchForStop();
  const began = performance.now();
  let paused = began;
  let left = '';
  const onStep = async (done: number) => {
    const now = performance.now();
    if (now - paused < pauseMs) return;
    paused = now;
    const seconds = secondsLeft((now - began) / 1000, done);
    left = seconds === undefined ? '' : `; ${formatDuration(seconds)} left`;
    await setImmediate(); // Lets a signal in.
  };
  try {
    const reports = trainTeacher(model, train, normalization, settings, { signal: stop.signal, onStep });
    for await (const { epoch, trainingLoss, weights } of reports) {
      const batches = miniBatches({ dataset: test, batchSize: teacherBatch, normalization });
      const tested = classificationMetrics({
        logits: await predictLogits(model, weights, batches),
        labels: test.labels,
        classes: model.classes,
      });
      console.log(
        `epoch ${epoch + 1}/${settings.epochs}: training loss ${trainingLoss.toFixed(4)}, ` +
          `test accuracy ${tested.accuracy.toFixed(4)}${left}`,
      );
      if (epoch + 1 < settings.epochs) continue;
      const about = {
        dataset,
        model: name,
        settings: { ...settings },
        backend: backend.name,
        versions: versions(),
        testAccuracy: tested.accuracy,
        testLoss: tested.negativeLogLikelihood,
      };
      // A teacher of some of the images never takes the place of one of all.
      const fileName = `${dataset}-${name}${images === undefined ? '' : `-first-${images}`}`;
      const { files, card } = await writeTeacher(
        folder,
        fileName,
        model,
        weights,
        train,
        normalization,
        about,
      );
      console.log(
        `\nTest accuracy ${card.testAccuracy.toFixed(4)}, on its training images ${card.trainingAccuracy.toFixed(4)}.\n` +
          `logits:  ${show(files.logits)}\nweights: ${show(files.weights)}\ncard:    ${show(files.card)}`,
      );
      console.log(
        images === undefined
          ? `\nDistil from it: npx -y pnpm@10 reproduce ${experiment} --teacher-logits ${show(files.logits)}`
          : '\nThe experiments want logits of all training images: train without --images to distil from it.',
      );
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error(`Stopped by ${stop.signal.reason}. A teacher that is not done is not kept.`);
    return stop.exitCode();
  } finally {
    stop.release();
  }
  return 0;
}

function front({ train, test }: TrainTest, images: number | undefined): TrainTest {
  if (images === undefined) return { train, test };
  return {
    train: sliceExamples(train, 0, Math.min(images, train.labels.length)),
    test: sliceExamples(test, 0, Math.min(images, test.labels.length)),
  };
}
