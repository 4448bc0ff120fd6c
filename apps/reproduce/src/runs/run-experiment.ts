import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { logPath, readBeginning } from '../logs/log.js';
import { formatDuration } from '../terminal/duration.js';
import { createProgress } from '../terminal/progress.js';
import { shownPath } from '../terminal/shown-path.js';
import { watchForStop } from '../terminal/watch-for-stop.js';
import type { Environment } from './environment.js';
import type { Experiment, RunSpec } from './experiment.js';
import { makeLogFolders, planRuns } from './plan.js';
import { createRunPool } from './pool.js';
import { createRecorder, nameOf } from './recorder.js';
import type { RunMessage } from './run-message.js';
import { readSnapshot, snapshotPath } from './snapshot-file.js';
import { versions } from './versions.js';

export interface RunOptions {
  readonly workers: number;
  /** Absolute. */
  readonly results: string;
  readonly fresh: boolean;
  readonly quiet: boolean;
}

/** How a command's runs came to their end. */
export interface RunOutcome {
  /** 0 if every run is done, 1 if one failed, 128 + n if signal n stopped them. */
  readonly exitCode: number;
  /** How many runs are done, where they are logged, and how long it took; undefined if a signal stopped them. */
  readonly summary?: string;
}

/**
 * Executes the runs that are not done yet, and logs them.
 *
 * @throws before anything starts if the results folder or the data cannot be used, other logs are in the way, or a
 * snapshot cannot be resumed; later if a log cannot be written, with the lines before it intact.
 */
export async function runExperiment(
  experiment: Experiment,
  specs: readonly RunSpec[],
  options: RunOptions,
  environment: Environment,
): Promise<RunOutcome> {
  const { results, fresh, quiet, workers } = options;
  const shown = shownPath(results, environment.folder);
  const { todo, finished } = planRuns(specs, results, fresh);
  if (todo.length > 0) await experiment.prepare?.(todo);
  for (const backend of new Set(todo.map((spec) => spec.backend))) {
    if (backend === 'auto') continue;
    const { requireBackend } = await import('../native/require-backend.js');
    await requireBackend({ prefer: backend });
  }
  makeLogFolders(specs, results);
  const files = (spec: RunSpec) => {
    const log = join(results, logPath(spec));
    return { log, snapshot: snapshotPath(log) };
  };
  if (fresh)
    for (const spec of todo) for (const file of Object.values(files(spec))) rmSync(file, { force: true });
  const machine = { versions: versions(), cores: availableParallelism() };
  const snapshots = new Map(
    todo.map((spec) => {
      const { log, snapshot: path } = files(spec);
      const snapshot = readSnapshot(path, spec, machine.versions);
      if (snapshot) readBeginning(log, snapshot.evaluations);
      return [spec, snapshot];
    }),
  );
  const progress = createProgress({
    runs: todo.length,
    quiet,
    now: () => performance.now() / 1000,
    output: process.stdout,
    terminal: process.stderr,
  });
  progress.note(
    todo.length > 0
      ? `${experiment.name}: ${todo.length} of ${specs.length} runs to do`
      : `${experiment.name}: the logs of all ${specs.length} runs are in ${shown} already. --fresh computes them again, ` +
          '--results FOLDER computes them elsewhere.',
  );
  const recorder = createRecorder(results, machine, progress);
  const failures: string[] = [];
  const stop = watchForStop();
  const broken = new AbortController();
  const signal = AbortSignal.any([stop.signal, broken.signal]);
  const threads = Math.min(workers, todo.length);
  const pool = createRunPool({ workers: threads, workerFile: environment.workerFile });
  const waiting = [...todo];
  const compute = async (spec: RunSpec) => {
    const snapshot = snapshots.get(spec);
    const record = recorder.listener(spec, snapshot);
    const listen = (message: RunMessage) => {
      try {
        record(message);
      } catch (error) {
        broken.abort(error);
        throw error;
      }
    };
    try {
      await pool.run(spec, { signal, snapshot, listen });
    } catch (error) {
      if (signal.aborted) return;
      const { message, stack } = error as Error;
      failures.push(`${nameOf(spec)} failed: ${stack ?? message}`);
      progress.finish(nameOf(spec), `failed: ${message}`);
    }
  };
  const computeInTurn = async () => {
    for (let spec = waiting.shift(); spec && !signal.aborted; spec = waiting.shift()) await compute(spec);
  };
  const began = performance.now();
  try {
    await Promise.all(Array.from({ length: threads }, computeInTurn));
    broken.signal.throwIfAborted();
  } finally {
    await pool.close();
    progress.stop();
    stop.release();
    for (const failure of failures) console.error(failure);
  }
  const done = finished.length + recorder.finished();
  const count = `${done} of ${specs.length} runs are done, logged in ${shown}`;
  if (stop.signal.aborted) {
    console.error(
      `Stopped by ${stop.signal.reason}. ${count}. A run that was cut short has no \`end\` line in its log and does not ` +
        `count. The same command${fresh ? ' without --fresh' : ''} resumes from here.`,
    );
    return { exitCode: stop.exitCode() };
  }
  const took = todo.length > 0 ? `, in ${formatDuration((performance.now() - began) / 1000)}` : '';
  return { exitCode: failures.length > 0 ? 1 : 0, summary: `${count}${took}.` };
}
