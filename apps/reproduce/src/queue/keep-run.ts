import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { RunSpec } from '../runs/experiment.js';
import { snapshotPath } from '../runs/snapshot-file.js';
import type { RunFiles } from './run-files.js';
import { keptLogPath } from './run-job.js';

/** Copies the log and snapshot of one run to where others find them. */
export interface RunKeeper {
  /** There is a new snapshot: copies it and the log, unless that was done a moment ago. */
  keepSoon(): void;
  /** Copies what there is now, if it is newer. */
  keepNow(): Promise<void>;
  /** Copies the whole log, which needs no snapshot any more. */
  keepWhole(): Promise<void>;
}

export interface RunKeeperOptions {
  readonly files: RunFiles;
  readonly spec: RunSpec;
  /** Of the log on this machine. */
  readonly log: string;
  /** Called when a new snapshot has arrived. */
  readonly onKept: () => Promise<void>;
  /** Called if a copy failed; the run continues, and the next snapshot is tried again. */
  readonly onProblem: (error: Error) => void;
}

/** Copies are made once per second at most, and take a twentieth of the time at most. */
const [shortestPauseMs, pausePerTime] = [1000, 19];

export function createRunKeeper({ files, spec, log, onKept, onProblem }: RunKeeperOptions): RunKeeper {
  const kept = keptLogPath(spec);
  let copying: Promise<void> = Promise.resolve();
  let busy = false;
  let isNewer = false;
  let next = Number.NEGATIVE_INFINITY;
  const copy = async () => {
    // Both are read before anything else is written to them. The log goes first: a snapshot needs the lines before it.
    const [lines, snapshot] = [readFileSync(log), readFileSync(snapshotPath(log))];
    const began = performance.now();
    busy = true;
    isNewer = false;
    try {
      await files.write(kept, lines);
      await files.write(snapshotPath(kept), snapshot);
      await onKept();
    } catch (error) {
      isNewer = true;
      throw error;
    } finally {
      busy = false;
      next = performance.now() + Math.max(shortestPauseMs, pausePerTime * (performance.now() - began));
    }
  };
  return {
    keepSoon() {
      isNewer = true;
      if (!busy && performance.now() >= next) copying = copy().catch(onProblem);
    },
    async keepNow() {
      await copying;
      if (isNewer && existsSync(snapshotPath(log))) await copy();
    },
    async keepWhole() {
      await copying;
      await Promise.all([files.write(kept, readFileSync(log)), files.remove(snapshotPath(kept))]);
    },
  };
}

/** Fetches what is kept of a run to this machine. */
export async function fetchKept(files: RunFiles, spec: RunSpec, log: string): Promise<void> {
  mkdirSync(dirname(log), { recursive: true });
  const kept = keptLogPath(spec);
  const fetch = async (from: string, to: string) => {
    const content = await files.read(from);
    if (content) writeFileSync(to, content);
  };
  await Promise.all([fetch(kept, log), fetch(snapshotPath(kept), snapshotPath(log))]);
}

/** Removes what is kept of a run. */
export async function removeKept(files: RunFiles, spec: RunSpec): Promise<void> {
  const kept = keptLogPath(spec);
  await Promise.all([files.remove(snapshotPath(kept)), files.remove(kept)]);
}
