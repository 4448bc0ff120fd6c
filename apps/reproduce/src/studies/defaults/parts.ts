import { chooseBackend } from '../../native/choose-backend.js';
import type { PartContext, StudyPart, StudyRecord } from '../study.js';
import type { Arm } from './arm.js';
import { arms } from './arms.js';
import { trainByDistil, untold } from './by-distil.js';
import { optimizers, type StudyOptimizer } from './optimizers.js';
import { tasks } from './tasks/index.js';
import type { Task, TaskData } from './tasks/task.js';
import { type TrainingRecord, type TrainRecipeOptions, trainRecipe } from './train-recipe.js';

/** Every recipe on every task, optimizer by optimizer: what is finished first is most useful. */
export const parts = (starts: number): StudyPart[] =>
  optimizers.flatMap((optimizer) =>
    tasks.flatMap((task) => [
      ...arms.map((arm) => recipePart(task, optimizer, arm, starts)),
      ...(optimizer.name === 'adam' ? [untoldPart(task, optimizer, starts)] : []),
    ]),
  );

/** The part of a recipe: `tabular/adam/labels`. */
export const partName = (task: Named, optimizer: Named, arm: Named): string =>
  `${task.name}/${optimizer.name}/${arm.name}`;

type Named = { readonly name: string };

function recipePart(task: Task, optimizer: StudyOptimizer, arm: Arm, starts: number): StudyPart {
  const seeds = seedsOf(task, starts);
  const cell = `${task.name}/${optimizer.name}`;
  return {
    name: partName(task, optimizer, arm),
    config: {
      ...task.settings,
      optimizer: optimizer.name,
      learningRate: optimizer.learningRates[arm.scale],
      scale: arm.scale,
      ...arm.settings,
      seeds,
    },
    compute: (context) =>
      trainAll(task, seeds, context, (each) => trainRecipe({ ...each, arm, optimizer, cell })),
  };
}

function untoldPart(task: Task, optimizer: StudyOptimizer, starts: number): StudyPart {
  const seeds = seedsOf(task, starts);
  return {
    name: partName(task, optimizer, untold),
    config: { ...task.settings, ...untold.settings, seeds },
    compute: (context) => trainAll(task, seeds, context, trainByDistil),
  };
}

const seedsOf = ({ seedsPerStart = 1 }: Task, starts: number): number[] =>
  Array.from({ length: starts * seedsPerStart }, (_, seed) => seed);

type Training = Omit<TrainRecipeOptions, 'arm' | 'optimizer' | 'cell'>;

async function trainAll(
  task: Task,
  seeds: readonly number[],
  { signal, progress }: PartContext,
  trainOne: (training: Training) => Promise<TrainingRecord>,
): Promise<StudyRecord[]> {
  await chooseBackend({ prefer: 'wasm' });
  const data = await loadOnce(task);
  const records: StudyRecord[] = [];
  for (const seed of seeds) {
    const record = await trainOne({
      data,
      settings: task.settings,
      seed,
      signal,
      progress: (fraction) => progress((records.length + fraction) / seeds.length),
    });
    records.push({ ...record });
  }
  return records;
}

const loaded = new Map<Task, Promise<TaskData>>();

/** Data and teacher of a task are made once per process. */
function loadOnce(task: Task): Promise<TaskData> {
  const data = loaded.get(task) ?? task.load();
  loaded.set(task, data);
  return data;
}
