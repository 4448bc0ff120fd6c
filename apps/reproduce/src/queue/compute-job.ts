import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { backendDifference } from '../logs/backend-difference.js';
import { logPath, readBeginning, readLog } from '../logs/log.js';
import { computeRun, RecordError } from '../runs/compute-run.js';
import type { RunStart } from '../runs/experiment.js';
import type { RunPool } from '../runs/pool.js';
import { createRecorder, nameOf, type Recorder } from '../runs/recorder.js';
import { type RunSnapshot, readSnapshot, snapshotPath } from '../runs/snapshot-file.js';
import type { Progress } from '../terminal/progress.js';
import { createRunKeeper, fetchKept } from './keep-run.js';
import { RefusedError } from './refusals.js';
import type { RunFiles } from './run-files.js';
import type { RunJob } from './run-job.js';

export interface ComputeJobOptions {
  /** Of this run alone as long as it is computed; left without its files. */
  readonly folder: string;
  readonly files: RunFiles;
  readonly pool: RunPool;
  /** Aborted if the run is to stop: what it has is kept, and it throws the signal's reason. */
  readonly signal: AbortSignal;
  /** Aborted if the run now belongs to another worker: nothing more is kept. */
  readonly lost: AbortSignal;
  readonly progress: Progress;
  /** Hears which backend computes. */
  readonly onBackend: (text: string) => void;
  /** Hears how much of the run is done, in [0, 1], now and then. */
  readonly onFraction: (fraction: number) => void;
  /** Called before anything is computed. */
  readonly onBegin: () => Promise<void>;
  /** Called when a snapshot has arrived where others find it. */
  readonly onKept: () => Promise<void>;
}

/** Shortest time between two calls of `onFraction`. */
const fractionIntervalMs = 1000;

/**
 * Computes a run from where an earlier worker left it, and puts its log where others find it.
 *
 * @throws RefusedError if this machine cannot record it, or not on the backend that it was begun on; else what the run threw.
 */
export async function computeJob(
  { spec, versions, data }: RunJob,
  options: ComputeJobOptions,
): Promise<void> {
  const { folder, files, pool, signal, lost, progress, onBackend, onBegin, onFraction, onKept } = options;
  const log = join(folder, logPath(spec));
  const name = nameOf(spec);
  const onProblem = ({ message }: Error) =>
    progress.note(`${name}: a snapshot could not be kept: ${message}`);
  const keeper = createRunKeeper({ files, spec, log, onKept, onProblem });
  try {
    await Promise.all([onBegin(), fetchKept(files, spec, log)]);
    if (isWhole(log)) return; // Its worker was killed just after.
    const snapshot = usableSnapshot(log, { spec, versions, data } as RunJob, progress);
    progress.note(
      snapshot ? `${name}: continues after ${snapshot.evaluations} evaluations` : `${name}: begins`,
    );
    const machine = { versions, cores: availableParallelism() };
    // What counts is what the keeper brings to where others find it: this copy goes down with the machine.
    const recorder = createRecorder(folder, machine, { ...progress, note: onBackend }, { durable: false });
    const differenceOf = (backend: RunStart['backend']) =>
      snapshot && backendDifference(readBeginning(log, snapshot).header, backend);
    let nextFraction = performance.now() + fractionIntervalMs;
    const record: Recorder['record'] = (...about) => {
      const { hear, close } = recorder.record(...about);
      return {
        close,
        hear(message) {
          if (message.kind === 'progress') {
            if (performance.now() < nextFraction) return;
            nextFraction = performance.now() + fractionIntervalMs;
            return onFraction(message.fraction);
          }
          const difference = message.kind === 'begin' ? differenceOf(message.backend) : undefined;
          if (difference !== undefined) throw new Error(`it was ${difference}`);
          hear(message);
          if (message.kind === 'snapshot') keeper.keepSoon();
        },
      };
    };
    const lock = { signal: lost, check: () => lost.throwIfAborted(), release: async () => {} };
    try {
      await computeRun(spec, {
        results: folder,
        lock,
        pool,
        recorder: { ...recorder, record },
        versions,
        progress,
        signal,
      });
    } catch (error) {
      if (!lost.aborted) await keeper.keepNow();
      throw error instanceof RecordError ? new RefusedError(error.message) : error;
    }
    await keeper.keepWhole();
  } finally {
    for (const file of [log, snapshotPath(log)]) rmSync(file, { force: true });
  }
}

const isWhole = (log: string): boolean => !('unfinished' in readLog(log));

/** The snapshot beside a log, unless one of the two cannot be resumed: the run then begins anew. */
function usableSnapshot(
  log: string,
  { spec, versions }: RunJob,
  progress: Progress,
): RunSnapshot | undefined {
  const path = snapshotPath(log);
  try {
    const snapshot = readSnapshot(path, spec, versions);
    if (snapshot) readBeginning(log, snapshot);
    return snapshot;
  } catch (error) {
    progress.note(`${nameOf(spec)}: begins anew: ${(error as Error).message}`);
    rmSync(path, { force: true });
    return undefined;
  }
}
