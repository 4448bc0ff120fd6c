import { setImmediate } from 'node:timers/promises';
import { rounded } from '../spread.js';
import type { StudyPart, StudyRecord } from '../study.js';
import type { Contender } from './contenders.js';
import { plainProblem, plainStart, studySettings, tuningBy } from './plain-problem.js';
import { accuracyOf, trainPlain } from './plain-training.js';

/** The paper reports the accuracy after this many updates, on its 200 points. */
const paperUpdates = 1801;

/** What a training comes to. */
export interface ClosedLoopRecord {
  /** Of the data set. */
  readonly seed: number;
  readonly start: number;
  /** After 1,801 updates, on the 200 points that the hypergradients validate on: as the paper reports it. */
  readonly paperAccuracy: number;
  /** After 2,001 updates, on 5,000 points that nothing was selected on. */
  readonly testAccuracy: number;
  /** In plain steps an iteration. */
  readonly cost: number;
}

/** Trainings by one contender, from several starts on each of several data sets. */
export function closedLoop(
  folder: string,
  { name, controller, stepFactor }: Contender,
  seeds: readonly number[],
  starts: number,
): StudyPart {
  const { seed: _, ...settings } = studySettings;
  return {
    name: `${folder}/${name}`,
    config: { controller: controller.name, stepFactor, seeds, starts, ...settings },
    async compute({ signal, progress }) {
      const records: StudyRecord[] = [];
      for (const seed of seeds) {
        const problem = await plainProblem(seed);
        for (let start = 0; start < starts; start++) {
          // Lets a signal through.
          await setImmediate();
          signal.throwIfAborted();
          let [paperAccuracy, testAccuracy] = [Number.NaN, Number.NaN];
          const { epochs } = settings;
          const tuning = tuningBy(controller, stepFactor);
          const cost = trainPlain(
            problem,
            plainStart(seed, start),
            tuning,
            epochs,
            ({ iteration, weights }) => {
              const updates = iteration + 1;
              if (updates === paperUpdates) paperAccuracy = accuracyOf(problem, weights, problem.validation);
              if (updates === epochs) testAccuracy = accuracyOf(problem, weights, problem.test);
            },
          );
          const record: ClosedLoopRecord = { seed, start, paperAccuracy, testAccuracy, cost: rounded(cost) };
          records.push({ ...record });
          progress(records.length / (seeds.length * starts));
        }
      }
      return records;
    },
  };
}
