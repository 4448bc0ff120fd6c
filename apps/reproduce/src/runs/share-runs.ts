import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileLock, LostLockError, lockFile } from '../logs/lock-file.js';
import { logPath } from '../logs/log.js';
import type { Progress } from '../terminal/progress.js';
import { RecordError } from './compute-run.js';
import type { RunSpec } from './experiment.js';
import { isFinished } from './plan.js';
import { nameOf } from './recorder.js';

export interface ShareRunsOptions {
  /** Absolute. */
  readonly results: string;
  /** Runs at a time, at least 1. */
  readonly parallel: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Computes a run that belongs to this process, and records it. */
  readonly compute: (spec: RunSpec, lock: FileLock, signal: AbortSignal) => Promise<void>;
}

/** How often to look for what other processes have finished or left. */
const pollMs = 500;

/**
 * Sees to it that runs get done, together with whatever other processes work on the same results folder: computes those
 * that nobody has, one process each, and waits for the others.
 *
 * @returns what failed, in words; the runs are done but for those, or the signal is aborted.
 * @throws RecordError if a run cannot be recorded, and Error if another process left a log that is in the way, after stopping
 * all runs.
 */
export async function shareRuns(specs: readonly RunSpec[], options: ShareRunsOptions): Promise<string[]> {
  const { results, parallel, progress, compute } = options;
  const giveUp = new AbortController();
  const signal = AbortSignal.any([options.signal, giveUp.signal]);
  const failures = new Map<RunSpec, string>();
  const running = new Set<Promise<void>>();
  let waiting = [...specs];
  let toldToWait = false;

  const computeOwn = async (spec: RunSpec, lock: FileLock) => {
    try {
      await compute(spec, lock, signal);
    } catch (error) {
      if (error instanceof RecordError) giveUp.abort(error);
      if (signal.aborted) return;
      const { message, stack } = error as Error;
      if (error instanceof LostLockError) {
        progress.note(message);
        waiting.push(spec);
        return;
      }
      failures.set(spec, `${nameOf(spec)} failed: ${stack ?? message}`);
      progress.finish(nameOf(spec), `failed: ${message}`);
    } finally {
      await lock.release();
    }
  };

  /** @returns whether the run is done or begun; false if another process has it. */
  const take = async (spec: RunSpec): Promise<boolean> => {
    const lock = await lockFile(join(results, logPath(spec)), { note: progress.note });
    if (!lock) return false;
    let isDone = true;
    try {
      isDone = isFinished(spec, results);
    } finally {
      if (isDone) await lock.release();
    }
    if (isDone) {
      progress.finish(nameOf(spec), 'computed by another process');
      return true;
    }
    const run = computeOwn(spec, lock).finally(() => running.delete(run));
    running.add(run);
    return true;
  };

  try {
    while (!signal.aborted && (waiting.length > 0 || running.size > 0)) {
      let taken = 0;
      for (const spec of [...waiting]) {
        if (running.size >= parallel || signal.aborted) break;
        waiting = waiting.filter((each) => each !== spec);
        if (await take(spec)) taken++;
        else waiting.push(spec);
      }
      if (running.size === 0 && taken === 0 && !toldToWait) {
        progress.note(`Waiting for ${waiting.length} runs that other processes compute.`);
        toldToWait = true;
      }
      const mayTake = running.size < parallel && waiting.length > 0;
      if (mayTake || running.size > 0) await Promise.race([...running, ...(mayTake ? [sleep(pollMs)] : [])]);
      if (waiting.length === 0 && running.size === 0) {
        // What another process finished, a third one may have begun anew.
        waiting = specs.filter((spec) => !failures.has(spec) && !isFinished(spec, results));
      }
    }
  } catch (error) {
    giveUp.abort(error);
  }
  await Promise.all(running);
  giveUp.signal.throwIfAborted();
  return [...failures.values()];
}
