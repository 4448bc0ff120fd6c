import { performance } from 'node:perf_hooks';
import { Queue } from 'bullmq';
import type { Environment } from '../runs/environment.js';
import type { Experiment, RunSpec } from '../runs/experiment.js';
import { checkReady, discardRuns } from '../runs/make-ready.js';
import { isFinished, makeLogFolders, planRuns } from '../runs/plan.js';
import { nameOf } from '../runs/recorder.js';
import type { RunOutcome } from '../runs/run-experiment.js';
import { versions } from '../runs/versions.js';
import { formatDuration } from '../terminal/duration.js';
import { createProgress } from '../terminal/progress.js';
import { shownPath } from '../terminal/shown-path.js';
import { watchForStop } from '../terminal/watch-for-stop.js';
import { collectRuns } from './collect-runs.js';
import { connectQueue } from './connect-queue.js';
import { folderFiles } from './folder-files.js';
import type { QueueAddress } from './queue-address.js';
import { dequeueFinished, enqueueRuns, makeRoom } from './queued-runs.js';
import { redisFiles } from './redis-files.js';
import { createRefusals } from './refusals.js';
import { createJobMaker, queueName } from './run-job.js';

export interface RunOnQueueOptions {
  readonly address: QueueAddress;
  /** An absolute path that all machines share; without it, logs and snapshots go through Redis. */
  readonly storage?: string;
  /** Absolute. */
  readonly results: string;
  readonly fresh: boolean;
  readonly quiet: boolean;
}

/**
 * Enqueues the runs that are not done yet, shows how far they are, and collects their logs, until all are done or dead.
 * Workers may come and go; so may this command, which takes up what it finds in the queue.
 *
 * @throws Error before anything is enqueued if the queue, the results folder or the data cannot be used, or a worker is
 * computing one of the runs otherwise than is asked for; later if a log cannot be written.
 */
export async function runOnQueue(
  experiment: Experiment,
  specs: readonly RunSpec[],
  { address, storage, results, fresh, quiet }: RunOnQueueOptions,
  environment: Environment,
): Promise<RunOutcome> {
  const shown = shownPath(results, environment.folder);
  const { todo, finished } = planRuns(specs, results, fresh);
  if (todo.length > 0) await experiment.prepare?.(todo);
  makeLogFolders(specs, results);
  const connection = await connectQueue(address, (reason) =>
    console.error(`the queue does not answer (${reason}); trying again.`),
  );
  const queue = new Queue(queueName, { connection });
  queue.on('error', () => {}); // The connection's own, which are told already.
  const progress = createProgress({
    runs: todo.length,
    quiet,
    now: () => performance.now() / 1000,
    output: process.stdout,
    terminal: process.stderr,
  });
  const failures: string[] = [];
  const stop = watchForStop();
  const began = performance.now();
  const enqueueAndCollect = async () => {
    const files = storage === undefined ? redisFiles(connection) : folderFiles(storage);
    const makeJob = createJobMaker(files.place);
    const jobs = await Promise.all(todo.map((spec) => makeJob(experiment, spec)));
    progress.note(
      todo.length > 0
        ? `${experiment.name}: ${todo.length} of ${specs.length} runs to do, by the workers of ${address.shown}`
        : `${experiment.name}: the logs of all ${specs.length} runs are in ${shown} already. --fresh computes them again, ` +
            '--results FOLDER computes them elsewhere.',
    );
    const { note } = progress;
    if (fresh) await checkReady(todo, { results, fresh, note, versions: versions() });
    await dequeueFinished(queue, files, finished);
    await makeRoom(queue, jobs, { files, fresh, note });
    await enqueueRuns(queue, jobs);
    if (fresh) await discardRuns(todo, { results, note });
    await collectRuns(jobs, {
      queue,
      files,
      refusals: createRefusals(connection),
      results,
      progress,
      signal: stop.signal,
      onDead: (spec, reason) => failures.push(`${nameOf(spec)} failed: ${reason}`),
      warn: quiet ? (text) => console.error(text) : progress.note,
    });
  };
  try {
    // A Redis that is away holds up what is asked of it, which a signal must not wait for.
    await Promise.race([enqueueAndCollect(), aborted(stop.signal)]);
  } finally {
    progress.stop();
    stop.release();
    connection.disconnect();
    for (const failure of failures) console.error(failure);
  }
  const done = specs.filter((spec) => isFinished(spec, results)).length;
  const count = `${done} of ${specs.length} runs are done, logged in ${shown}`;
  if (stop.signal.aborted) {
    console.error(
      `Stopped by ${stop.signal.reason}. ${count}. Workers continue with what is enqueued; the same ` +
        `command${fresh ? ' without --fresh' : ''} collects it.`,
    );
    return { exitCode: stop.exitCode() };
  }
  const took = todo.length > 0 ? `, in ${formatDuration((performance.now() - began) / 1000)}` : '';
  return { exitCode: done < specs.length ? 1 : 0, summary: `${count}${took}.` };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
