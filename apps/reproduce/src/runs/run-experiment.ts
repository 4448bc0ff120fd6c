import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { formatDuration } from '../terminal/duration.js';
import { createProgress } from '../terminal/progress.js';
import { shownPath } from '../terminal/shown-path.js';
import { watchForStop } from '../terminal/watch-for-stop.js';
import { computeRun } from './compute-run.js';
import type { Environment } from './environment.js';
import type { Experiment, RunSpec } from './experiment.js';
import { checkReady, discardRuns } from './make-ready.js';
import { isFinished, makeLogFolders, planRuns } from './plan.js';
import { createRunPool } from './pool.js';
import { createRecorder } from './recorder.js';
import { shareRuns } from './share-runs.js';
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
 * Several processes may work on one results folder: each takes runs that nobody has, and waits for those that others compute.
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
  const { todo } = planRuns(specs, results, fresh);
  if (todo.length > 0) await experiment.prepare?.(todo);
  for (const backend of new Set(todo.map((spec) => spec.backend))) {
    if (backend === 'auto') continue;
    const { requireBackend } = await import('../native/require-backend.js');
    await requireBackend({ prefer: backend });
  }
  makeLogFolders(specs, results);
  const machine = { versions: versions(), cores: availableParallelism() };
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  await checkReady(todo, { results, fresh, note, versions: machine.versions });
  if (fresh) await discardRuns(todo, { results, note });
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
  for (const each of notes) progress.note(each);
  const stop = watchForStop();
  const began = performance.now();
  const threads = Math.min(workers, todo.length);
  const pool = createRunPool({ workers: threads, workerFile: environment.workerFile });
  const recorder = createRecorder(results, machine, progress);
  let failures: readonly string[] = [];
  try {
    failures = await shareRuns(todo, {
      results,
      parallel: threads,
      progress,
      signal: stop.signal,
      compute: (spec, lock, signal) =>
        computeRun(spec, { results, lock, pool, recorder, versions: machine.versions, progress, signal }),
    });
  } finally {
    await pool.close();
    progress.stop();
    stop.release();
    for (const failure of failures) console.error(failure);
  }
  const done = specs.filter((spec) => isFinished(spec, results)).length;
  const count = `${done} of ${specs.length} runs are done, logged in ${shown}`;
  if (stop.signal.aborted) {
    console.error(
      `Stopped by ${stop.signal.reason}. ${count}. A run that was cut short has no \`end\` line in its log and does not ` +
        `count. The same command${fresh ? ' without --fresh' : ''} resumes from here.`,
    );
    return { exitCode: stop.exitCode() };
  }
  const took = todo.length > 0 ? `, in ${formatDuration((performance.now() - began) / 1000)}` : '';
  return { exitCode: done < specs.length ? 1 : 0, summary: `${count}${took}.` };
}
