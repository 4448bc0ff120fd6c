import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Environment } from '../runs/environment.js';
import { createRunPool } from '../runs/pool.js';
import type { Progress } from '../terminal/progress.js';
import { watchForStop } from '../terminal/watch-for-stop.js';
import { createOwnCheck } from './check-own.js';
import { connectQueue } from './connect-queue.js';
import { folderFiles } from './folder-files.js';
import type { QueueAddress } from './queue-address.js';
import { redisFiles } from './redis-files.js';
import { createRefusals, RefusedError } from './refusals.js';
import { createJobMaker, queueName, runJob } from './run-job.js';
import { tryJob } from './try-job.js';

export interface WorkOptions {
  readonly address: QueueAddress;
  /** An absolute path that all machines share; without it, logs and snapshots go through Redis. */
  readonly storage?: string;
  /** Runs at the same time, each on a thread. */
  readonly concurrency: number;
  /** Take no more than `concurrency` runs, and end when they have ended or none is waiting. */
  readonly once: boolean;
  /** How long the worker may be silent before its runs are given to others. */
  readonly lockSeconds: number;
  readonly quiet: boolean;
}

/** How long a worker that refused a run leaves the queue to others. */
const refusalPauseMs = 5000;

/** How long the queue may take to hear that the worker ends. */
const goodbyeMs = 10_000;

/**
 * Takes runs from a queue and computes them, until a signal or, if `once`, until they are done.
 *
 * @returns 0, or 1 if `once` and a run failed or was refused, or 128 + n if signal n ended it.
 * @throws Error if the queue cannot be reached.
 */
export async function work(options: WorkOptions, environment: Environment): Promise<number> {
  const { address, storage, concurrency, once, lockSeconds, quiet } = options;
  const say = quiet ? () => {} : (text: string) => console.log(text);
  const connection = await connectQueue(address, (reason) =>
    console.error(`the queue does not answer (${reason}); trying again.`),
  );
  const files = storage === undefined ? redisFiles(connection) : folderFiles(storage);
  const name = `${hostname()}:${process.pid}:${randomBytes(2).toString('hex')}`;
  const refusals = createRefusals(connection);
  const checkOwn = createOwnCheck(environment.experiments, createJobMaker(files.place));
  const pool = createRunPool({ workers: concurrency, workerFile: environment.workerFile });
  const scratch = mkdtempSync(join(tmpdir(), 'metadistill-worker-'));
  const progress: Progress = {
    note: say,
    update: () => {},
    finish: (run, result) => say(`${run}: ${result}`),
    stop: () => {},
  };
  const said = new Set<string>();
  const sayOnce = (text: string) => {
    if (!said.has(text)) say(text);
    said.add(text);
  };
  const stop = watchForStop();
  let taken = 0;
  let failed = 0;
  const refused = new Set<string>();
  /** Folders for the runs in progress, used again: to make and remove them takes longer than a short run. */
  const freePlaces: string[] = [];
  let places = 0;

  const handBack = async (queued: Job, token: string, experiment: string, reason: string) => {
    failed++;
    console.error(`${queued.id} is refused: ${reason}. It is left to other workers.`);
    await refusals.tell({ worker: name, experiment, reason });
    refused.add(experiment);
    const pauseMs = Math.min(refusalPauseMs, lockSeconds * 250);
    await queued.moveToDelayed(Date.now() + pauseMs / 5, token);
    await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => {});
    throw new DelayedError();
  };

  // BullMQ gives a signal to processors of three parameters, none of them with a default.
  const take = async (queued: Job, token: string | undefined, lost: AbortSignal | undefined) => {
    if (token === undefined || lost === undefined) throw new Error('internal: the job has no lock.');
    taken++;
    if (once && taken >= concurrency) void worker.pause(true);
    const parsed = runJob.safeParse(queued.data);
    if (!parsed.success) return handBack(queued, token, '', 'it is not a job of this version');
    const job = parsed.data;
    const { experiment } = job.spec;
    const place = freePlaces.pop() ?? String(places++);
    try {
      await checkOwn(job).catch((error: Error) => {
        if (error instanceof UnrecoverableError) {
          failed++;
          console.error(`${queued.id} is refused: ${error.message}. No worker can compute it.`);
        }
        throw error;
      });
      if (refused.delete(experiment)) await refusals.withdraw(name, experiment);
      await tryJob(job, {
        ...{ queued, token, lost, folder: join(scratch, place), files, pool, signal: stop.signal, progress },
        onBackend: sayOnce,
        onThrown: () => failed++,
      });
    } catch (error) {
      if (error instanceof RefusedError) return handBack(queued, token, experiment, error.message);
      throw error;
    } finally {
      freePlaces.push(place);
    }
  };

  const worker: Worker = new Worker(queueName, take, {
    connection,
    name,
    autorun: false,
    concurrency,
    lockDuration: lockSeconds * 1000,
    stalledInterval: lockSeconds * 1000,
    // Tries are counted from snapshot to snapshot, in the job itself.
    maxStalledCount: 1e9,
    runRetryDelay: 1000,
  });
  worker.on('error', (error) => {
    if (connection.status === 'ready' && !/^could not renew lock/.test(error.message)) {
      console.error(`the queue: ${error.message}`);
    }
  });
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) {
      if (worker.cancelJob(id, 'another worker has it'))
        console.error(`${id} was lost to another worker: stops it.`);
    }
  });
  if (once) worker.on('drained', () => void worker.pause(true));
  const close = () => Promise.race([worker.close(), sleep(goodbyeMs, undefined, { ref: false })]);
  say(`takes runs of ${address.shown}, ${concurrency} at a time`);
  try {
    await Promise.race([worker.run(), aborted(stop.signal).then(close)]);
  } finally {
    await close();
    stop.release();
    await pool.close();
    rmSync(scratch, { recursive: true, force: true });
    connection.disconnect();
  }
  if (stop.signal.aborted) return stop.exitCode();
  if (taken === 0) say('no run is waiting.');
  return failed > 0 ? 1 : 0;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
