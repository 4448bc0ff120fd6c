import { dirname, join } from 'node:path';
import { logPath, readLog } from '../logs/log.js';
import { logSchemaVersion } from '../logs/log-schema.js';
import { makeWritableFolder } from '../logs/make-writable-folder.js';
import { configDifference } from './config.js';
import type { RunSpec } from './experiment.js';

/** Which of the wanted runs are still to be done. */
export interface Plan {
  readonly todo: readonly RunSpec[];
  readonly finished: readonly RunSpec[];
}

/**
 * Splits runs into finished and to do, by their logs.
 *
 * @param fresh - all runs are to do, whatever is there.
 * @throws Error as {@link isFinished}.
 */
export function planRuns(specs: readonly RunSpec[], resultsFolder: string, fresh: boolean): Plan {
  const finished = new Set(fresh ? [] : specs.filter((spec) => isFinished(spec, resultsFolder)));
  return { todo: specs.filter((spec) => !finished.has(spec)), finished: [...finished] };
}

/** Makes the folders of the runs' logs. @throws Error if they cannot be made or written. */
export function makeLogFolders(specs: readonly RunSpec[], resultsFolder: string): void {
  for (const folder of new Set(specs.map((spec) => dirname(join(resultsFolder, logPath(spec)))))) {
    makeWritableFolder(folder, `the results folder ${resultsFolder}`, '--results');
  }
}

/**
 * Whether a run's log is there, whole, and of this run. A log without an end is an unfinished run: done again.
 *
 * @throws Error if the log is of another version, of another run, or of one that was finished with another
 * configuration, naming what differs: nothing is overwritten.
 */
export function isFinished(spec: RunSpec, resultsFolder: string): boolean {
  const path = join(resultsFolder, logPath(spec));
  const log = readLog(path);
  const refuse = (what: string) =>
    new Error(`${path} is ${what}. Name another folder with --results, or replace the run with --fresh.`);
  if ('unfinished' in log) {
    if (log.schema === undefined) return false;
    throw refuse(`a log of version ${log.schema}; expected ${logSchemaVersion}`);
  }
  if (logPath(log.header) !== logPath(spec)) throw refuse(`the log of another run: ${logPath(log.header)}`);
  const { kernels } = log.header;
  const arithmetic = spec.arithmetic ?? 'direct';
  if (kernels && kernels.arithmetic !== arithmetic)
    throw refuse(`a finished run in ${kernels.arithmetic} arithmetic, not ${arithmetic}`);
  const differing = configDifference(log.header.config, spec.config);
  if (differing.length > 0)
    throw refuse(`a finished run with another configuration: ${differing.join('; ')}`);
  return true;
}
