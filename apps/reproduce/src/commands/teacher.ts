import { resolve } from 'node:path';
import type { BackendName } from '@metadistill/backend';
import { Argument, Command } from 'commander';
import type { Environment } from '../runs/environment.js';
import {
  type TeacherDataset,
  type TeacherName,
  teacherDatasets,
  teacherNames,
} from '../teacher/teacher-names.js';
import { teacherDefaults } from '../teacher/teacher-settings.js';
import { shownPath } from '../terminal/shown-path.js';
import { backendNames, integerFrom, oneOf, positiveNumber } from './options.js';

interface Options {
  readonly model?: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly augment: boolean;
  readonly images?: number;
  readonly backend: 'auto' | BackendName;
  readonly out?: string;
}

/** The command that trains a teacher and writes its weights, its logits on the training images and its card. */
export function teacherCommand(environment: Environment): Command {
  return new Command('teacher')
    .description('train a teacher on a data set, and write its logits and weights')
    .addArgument(
      new Argument('<dataset>', teacherDatasets.join(' or ')).argParser(oneOf('dataset', teacherDatasets)),
    )
    .option('--model <name>', describeModels())
    .option('--epochs <count>', 'passes over the training images', integerFrom('--epochs', 1, 1_000_000), 30)
    .option(
      '--batch-size <count>',
      'images per step',
      integerFrom('--batch-size', 2, 2 ** 16),
      teacherDefaults.batchSize,
    )
    .option(
      '--learning-rate <number>',
      'at the start; falls to 0 along half a cosine',
      positiveNumber('--learning-rate'),
      teacherDefaults.learningRate,
    )
    .option(
      '--seed <number>',
      'of weights, order and augmentation',
      integerFrom('--seed', 0, 2 ** 31),
      teacherDefaults.seed,
    )
    .option('--no-augment', 'train on the images as they are, neither flipped nor cropped')
    .option(
      '--images <count>',
      'only so many images at the front of each set, to try it out',
      integerFrom('--images', 2, 1_000_000),
    )
    .option('--backend <name>', `one of ${backendNames.join(', ')}`, oneOf('backend', backendNames), 'auto')
    .option('--out <folder>', 'where the files go (default: teacher-logits/ of the data folder)')
    .action(async (dataset: TeacherDataset, options: Options) => {
      const { model: named, images, backend, out, ...settings } = options;
      const names: readonly TeacherName<TeacherDataset>[] = teacherNames[dataset];
      const model = named === undefined ? teacherNames[dataset][0] : oneOf('model', names)(named);
      const { teacherCommandRun } = await import('../teacher/run-teacher.js');
      process.exitCode = await teacherCommandRun({
        dataset,
        model,
        settings: { ...teacherDefaults, ...settings },
        images,
        backend,
        out: out === undefined ? undefined : resolve(environment.folder, out),
        show: (path) => shownPath(path, environment.folder),
      });
    });
}

const describeModels = (): string =>
  teacherDatasets
    .map((dataset) => {
      const [first, ...others] = teacherNames[dataset];
      return `of ${dataset}: ${first} (default), ${others.join(', ')}`;
    })
    .join('; ');
