import { chooseBackend } from '../../native/choose-backend.js';
import type { StudyPart, StudyRecord } from '../study.js';
import type { Arm } from './arm.js';
import { arms } from './arms.js';
import { optimizers, type StudyOptimizer } from './optimizers.js';
import { tasks } from './tasks/index.js';
import type { Task, TaskData } from './tasks/task.js';
import { trainStudent } from './train-student.js';

/** Every recipe on every task, optimizer by optimizer: what is finished first is most useful. */
export const parts = (starts: number): StudyPart[] =>
  optimizers.flatMap((optimizer) =>
    tasks.flatMap((task) => arms.map((arm) => partOf(task, optimizer, arm, starts))),
  );

/** The part of a recipe: `tabular/adam/labels`. */
export const partName = (task: Named, optimizer: Named, arm: Named): string =>
  `${task.name}/${optimizer.name}/${arm.name}`;

type Named = { readonly name: string };

function partOf(task: Task, optimizer: StudyOptimizer, arm: Arm, starts: number): StudyPart {
  const seeds = Array.from({ length: starts * (task.seedsPerStart ?? 1) }, (_, seed) => seed);
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
    async compute({ signal, progress }) {
      await chooseBackend({ prefer: 'wasm' });
      const data = await loadOnce(task);
      const records: StudyRecord[] = [];
      for (const seed of seeds) {
        const record = await trainStudent({
          data,
          settings: task.settings,
          arm,
          optimizer,
          cell: `${task.name}/${optimizer.name}`,
          seed,
          signal,
          progress: (fraction) => progress((records.length + fraction) / seeds.length),
        });
        records.push({ ...record });
      }
      return records;
    },
  };
}

const loaded = new Map<Task, Promise<TaskData>>();

/** Data and teacher of a task are made once per process. */
function loadOnce(task: Task): Promise<TaskData> {
  const data = loaded.get(task) ?? task.load();
  loaded.set(task, data);
  return data;
}
