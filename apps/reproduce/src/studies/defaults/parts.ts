import { chooseBackend } from '../../native/choose-backend.js';
import type { PartContext, StudyPart, StudyRecord } from '../study.js';
import type { Arm } from './arm.js';
import { arms, finalists } from './arms.js';
import { trainByDistil, untold } from './by-distil.js';
import { grid } from './constants.js';
import { optimizers, type StudyOptimizer } from './optimizers.js';
import { bestOfFirstStart, finalistCount } from './summarize.js';
import { tasks } from './tasks/index.js';
import type { Task, TaskData } from './tasks/task.js';
import { type TrainingRecord, type TrainRecipeOptions, trainRecipe } from './train-recipe.js';

/** Every recipe on every task, optimizer by optimizer: what is finished first is most useful. */
export const parts = (starts: number): StudyPart[] =>
  optimizers.flatMap((optimizer) =>
    tasks.flatMap((task) => [
      ...arms.map((arm) =>
        recipePart(task, optimizer, arm, optimizer.racesGrid && grid.includes(arm) ? 1 : starts),
      ),
      ...(optimizer.racesGrid ? [finalistsPart(task, optimizer, starts)] : []),
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

/** What the first start says is best of the grid, from the other starts as well. */
function finalistsPart(task: Task, optimizer: StudyOptimizer, starts: number): StudyPart {
  const cell = `${task.name}/${optimizer.name}`;
  const seeds = seedsOf(task, starts).slice(seedsOf(task, 1).length);
  return {
    name: partName(task, optimizer, finalists),
    config: { ...task.settings, optimizer: optimizer.name, finalists: finalistCount, seeds },
    async compute(context) {
      const chosen = bestOfFirstStart(grid, (arm) =>
        trained(context.records(partName(task, optimizer, arm))),
      );
      if (!chosen) {
        throw new Error(`${cell}/${finalists.name}: the grid is not complete. Compute ${cell} as a whole.`);
      }
      const records: StudyRecord[] = [];
      for (const arm of chosen) {
        const further = await trainAll(task, seeds, context, (each) =>
          trainRecipe({ ...each, arm, optimizer, cell }),
        );
        records.push(...further.map((record) => ({ ...record, constant: arm.name })));
      }
      return records;
    },
  };
}

/** The records of a recipe's log, or of the finalists' that are of it. */
export function recordsOfArm(arm: Named, records: readonly StudyRecord[], further: readonly StudyRecord[]) {
  return trained([...records, ...further.filter(({ constant }) => constant === arm.name)]);
}

const trained = (records: readonly StudyRecord[]) => records as unknown as readonly TrainingRecord[];

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
