import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { logPath, readLog } from '../logs/log.js';
import { logSchemaVersion } from '../logs/log-schema.js';
import { makeWritableFolder } from '../logs/make-writable-folder.js';
import { configDifference, configHash } from './config.js';
import type { RunSpec } from './experiment.js';

/** Which of the wanted runs are still to be done. */
export interface Plan {
  readonly todo: readonly RunSpec[];
  readonly finished: readonly RunSpec[];
}

/**
 * Splits runs into finished and to do, by their logs. A log without an end is an unfinished run: done again.
 *
 * @param fresh - all runs are to do, whatever is there.
 * @throws Error if a log is of another version, or of a run that was finished with another configuration, naming
 * what differs: nothing is overwritten.
 */
export function planRuns(specs: readonly RunSpec[], resultsFolder: string, fresh: boolean): Plan {
  if (fresh) return { todo: specs, finished: [] };
  const finished = specs.filter((spec) => isFinished(spec, join(resultsFolder, logPath(spec))));
  return { todo: specs.filter((spec) => !finished.includes(spec)), finished };
}

/** Makes the folders of the runs' logs. @throws Error if they cannot be made or written. */
export function makeLogFolders(specs: readonly RunSpec[], resultsFolder: string): void {
  for (const folder of new Set(specs.map((spec) => dirname(join(resultsFolder, logPath(spec)))))) {
    makeWritableFolder(folder, `the results folder ${resultsFolder}`, '--results');
  }
}

function isFinished(spec: RunSpec, path: string): boolean {
  if (!existsSync(path)) return false;
  const log = readLog(path);
  if ('unfinished' in log) {
    if (log.schema === undefined) return false;
    throw new Error(
      `${path} is a log of version ${log.schema}; expected ${logSchemaVersion}. Name another folder with --results, or ` +
        'replace the run with --fresh.',
    );
  }
  if (log.header.configHash === configHash(spec.config)) return true;
  throw new Error(
    `${path} is a finished run with another configuration: ${configDifference(log.header.config, spec.config).join('; ')}. ` +
      'Name another folder with --results, or replace the run with --fresh.',
  );
}
