import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type CompleteLog, logPath, readLog, type UnfinishedLog } from './log.js';
import { UnreadableFileError } from './read-regular-file.js';

/** A log that does not count. */
export interface UnusableLog {
  /** Relative to the results folder. */
  readonly path: string;
  readonly reason: string;
  /** Whether no run leaves a log like this, however it is cut short. */
  readonly damaged: boolean;
}

/** The logs under a results folder: the complete ones, and why each other one does not count. */
export interface FoundLogs {
  readonly complete: readonly CompleteLog[];
  readonly unfinished: readonly UnusableLog[];
}

/**
 * Reads every `experiment/protocol/method/run-NN.jsonl` below the folder; one that is not there holds none.
 *
 * @param experiment the only one to read; all if left out.
 * @throws Error if the folder is there and is not a folder.
 */
export function findLogs(resultsFolder: string, experiment?: string): FoundLogs {
  const complete: CompleteLog[] = [];
  const unfinished: UnusableLog[] = [];
  for (const path of logPaths(resultsFolder, experiment)) {
    const log = readIfPossible(join(resultsFolder, path));
    if ('unfinished' in log) unfinished.push({ path, reason: log.unfinished, damaged: log.damaged });
    else if (logPath(log.header) !== path) {
      const reason = `its header says that it is ${logPath(log.header)}`;
      unfinished.push({ path, reason, damaged: true });
    } else complete.push(log);
  }
  return { complete, unfinished };
}

/** A folder of a log's name, or a file without the permission to read it, hides no other log. */
function readIfPossible(path: string): CompleteLog | UnfinishedLog {
  try {
    return readLog(path);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { unfinished: `it cannot be read: ${error.reason}`, damaged: true };
  }
}

function logPaths(resultsFolder: string, experiment = '.'): string[] {
  const searched = join(resultsFolder, experiment);
  const found = statSync(searched, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) throw new Error(`${searched} is a file; expected a folder of logs.`);
  return readdirSync(searched, { recursive: true, encoding: 'utf8' })
    .map((path) => join(experiment, path))
    .filter((path) => path.split(sep).length === 4 && /^run-\d+\.jsonl$/.test(path.split(sep)[3] ?? ''))
    .sort();
}
