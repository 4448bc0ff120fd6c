import { setImmediate } from 'node:timers/promises';
import { always, type Predictor } from '@metadistill/trajectory';
import { rounded } from '../spread.js';
import type { StudyPart } from '../study.js';
import { plainProblem, plainStart, studySettings, tuningBy } from './plain-problem.js';
import { trainPlain } from './plain-training.js';
import { blockLengths, bounds, predictors } from './predictors.js';

/** The values of one metaparameter after each update of a training by gradients alone. */
export type Trajectory = Float64Array;

/** Errors of a predictor, averaged over trajectories. */
export interface OpenLoopRecord {
  /** Iterations of a gradient block: the predictor's history. */
  readonly blockLength: number;
  /** Iterations after its end. */
  readonly horizon: number;
  readonly fractionError: number;
  readonly temperatureError: number;
}

/** How far ahead a block of that length is asked to predict: from one iteration to nine blocks. */
export const horizonsOf = (blockLength: number, iterations: number): number[] =>
  [1, 2, 5, 10, 20, 50, 90, 100, 200, 500].filter(
    (horizon) => horizon <= 9 * blockLength && blockLength + horizon <= iterations,
  );

/** Windows of a trajectory that a predictor is tried on; consecutive ones tell little more. */
const windows = 16;

/**
 * The mean absolute error of predictions h steps after blocks of a trajectory, over evenly spaced blocks; projected
 * into [low, high] as a training's predictions are.
 */
export function openLoopErrors(
  trajectory: Trajectory,
  predictor: Predictor,
  [low, high]: readonly [number, number],
  blockLength: number,
  horizons: readonly number[],
): number[] {
  const lastStart = trajectory.length - blockLength - Math.max(...horizons);
  const count = Math.min(windows, lastStart + 1);
  const errors = horizons.map(() => 0);
  for (let window = 0; window < count; window++) {
    const first = count === 1 ? 0 : Math.round((lastStart * window) / (count - 1));
    const end = first + blockLength;
    const predict = predictor.fit(Array.from(trajectory.subarray(first, end)));
    horizons.forEach((horizon, i) => {
      const predicted = Math.min(high, Math.max(low, predict(horizon)));
      const error = Math.abs(predicted - (trajectory[end - 1 + horizon] as number));
      errors[i] = (errors[i] as number) + error / count;
    });
  }
  return errors;
}

/** Errors of one predictor, averaged over the trajectories of trainings by gradients from several starts. */
export function openLoop(name: string, starts: number): StudyPart {
  const predictor = predictors[name] as (typeof predictors)[string];
  return {
    name: `open-loop/${name}`,
    config: {
      predictor: predictor.map((each) => each.name).join(', '),
      starts,
      windows,
      blockLengths,
      ...studySettings,
    },
    async compute({ signal, progress }) {
      const rows = blockLengths.flatMap((blockLength) =>
        horizonsOf(blockLength, studySettings.epochs).map((horizon) => ({
          blockLength,
          horizon,
          fractionError: 0,
          temperatureError: 0,
        })),
      );
      for (const [start, trajectories] of (await record(starts)).entries()) {
        // Lets a signal through.
        await setImmediate();
        signal.throwIfAborted();
        for (const length of blockLengths) {
          const ofBlock = rows.filter(({ blockLength }) => blockLength === length);
          const horizons = ofBlock.map(({ horizon }) => horizon);
          const errors = trajectories.map((trajectory, j) =>
            openLoopErrors(trajectory, predictor[j as 0 | 1], bounds[j as 0 | 1], length, horizons),
          );
          for (const [i, row] of ofBlock.entries()) {
            row.fractionError += (errors[0]?.[i] as number) / starts;
            row.temperatureError += (errors[1]?.[i] as number) / starts;
          }
        }
        progress((start + 1) / starts);
      }
      return rows.map(({ fractionError, temperatureError, ...row }) => ({
        ...row,
        fractionError: rounded(fractionError),
        temperatureError: rounded(temperatureError),
      }));
    },
  };
}

type Recorded = readonly [fraction: Trajectory, temperature: Trajectory];
const recorded = new Map<number, Promise<readonly Recorded[]>>();

/** The trajectories are the same for all predictors: recorded once per process. */
function record(starts: number): Promise<readonly Recorded[]> {
  const trajectories = recorded.get(starts) ?? recordAnew(starts);
  recorded.set(starts, trajectories);
  return trajectories;
}

async function recordAnew(starts: number): Promise<readonly Recorded[]> {
  const { seed, epochs } = studySettings;
  const problem = await plainProblem(seed);
  return Array.from({ length: starts }, (_, start) => {
    const trajectories: Recorded = [new Float64Array(epochs), new Float64Array(epochs)];
    trainPlain(
      problem,
      plainStart(seed, start),
      tuningBy(always()),
      epochs,
      ({ iteration, metaparameters }) => {
        for (const [j, trajectory] of trajectories.entries())
          trajectory[iteration] = metaparameters[j] as number;
      },
    );
    return trajectories;
  });
}
