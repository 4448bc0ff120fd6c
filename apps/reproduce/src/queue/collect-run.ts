import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '../logs/lock-file.js';
import { type CompleteLog, logPath, parseLog, readLog } from '../logs/log.js';
import { writeWholeFile } from '../logs/write-whole-file.js';
import { configDifference } from '../runs/config.js';
import type { RunSpec } from '../runs/experiment.js';
import { isFinished } from '../runs/plan.js';
import { snapshotPath } from '../runs/snapshot-file.js';
import type { RunFiles } from './run-files.js';
import { keptLogPath, type RunJob } from './run-job.js';

/**
 * Brings the log of a run that a worker has finished into the results folder, and reads it back from there.
 *
 * @returns the log as it was read back; `'finished'` if another process of this machine computed or collected the run;
 * `'owned'` if one does so now; `'missing'` if what is kept is not the whole log of this run on these data.
 */
export async function collectRun(
  files: RunFiles,
  { spec, data }: RunJob,
  results: string,
): Promise<CompleteLog | 'finished' | 'owned' | 'missing'> {
  const content = await files.read(keptLogPath(spec));
  const path = join(results, logPath(spec));
  const lock = await lockFile(path);
  if (!lock) return 'owned';
  try {
    if (isFinished(spec, results)) return 'finished';
    if (!content || !isLogOf(spec, data, Buffer.from(content))) return 'missing';
    lock.check();
    writeWholeFile(path, content);
    const log = readLog(path);
    if ('unfinished' in log) {
      throw new Error(`${path} does not read back as it was written: ${log.unfinished}. Check the disk.`);
    }
    rmSync(snapshotPath(path), { force: true });
    return log;
  } finally {
    await lock.release();
  }
}

function isLogOf(spec: RunSpec, data: RunJob['data'], content: Buffer): boolean {
  const log = parseLog(content);
  if ('unfinished' in log) return false;
  const { header } = log;
  return (
    logPath(header) === logPath(spec) &&
    configDifference(header.config, spec.config).length === 0 &&
    configDifference(header.data ?? {}, data).length === 0
  );
}
