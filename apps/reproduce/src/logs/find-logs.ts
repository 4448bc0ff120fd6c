import { existsSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type CompleteLog, logPath, readLog } from './log.js';

/** The logs under a results folder: the complete ones, and why each other one does not count. */
export interface FoundLogs {
  readonly complete: readonly CompleteLog[];
  readonly unfinished: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Reads every `experiment/protocol/method/run-NN.jsonl` below the folder; one that is not there holds none.
 *
 * @param experiment the only one to read; all if left out.
 */
export function findLogs(resultsFolder: string, experiment?: string): FoundLogs {
  const complete: CompleteLog[] = [];
  const unfinished: { path: string; reason: string }[] = [];
  for (const path of logPaths(resultsFolder, experiment)) {
    const log = readLog(join(resultsFolder, path));
    if ('unfinished' in log) unfinished.push({ path, reason: log.unfinished });
    else if (logPath(log.header) !== path) {
      unfinished.push({ path, reason: `its header says that it is ${logPath(log.header)}` });
    } else complete.push(log);
  }
  return { complete, unfinished };
}

function logPaths(resultsFolder: string, experiment = '.'): string[] {
  const searched = join(resultsFolder, experiment);
  if (!existsSync(searched)) return [];
  return readdirSync(searched, { recursive: true, encoding: 'utf8' })
    .map((path) => join(experiment, path))
    .filter((path) => path.split(sep).length === 4 && /^run-\d+\.jsonl$/.test(path.split(sep)[3] ?? ''))
    .sort();
}
