import { setMaxListeners } from 'node:events';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import type { RunSpec } from './experiment.js';
import type { RunMessage, RunTask } from './run-message.js';
import type { RunSnapshot } from './snapshot-file.js';

export interface PoolOptions {
  /** Threads, at least 1. The results do not depend on it. */
  readonly workers: number;
  /** A module that exports `executeRun`. */
  readonly workerFile: URL;
  /** Aborted if all is to stop. */
  readonly signal: AbortSignal;
  /** Where an earlier try of a run stopped. */
  readonly snapshotOf: (spec: RunSpec) => RunSnapshot | undefined;
  /** Hears every message of every run, a run's own in order. An error thrown here stops everything. */
  readonly listen: (spec: RunSpec, message: RunMessage) => void;
  /** Hears of a run that threw; the others continue. */
  readonly onFailure: (spec: RunSpec, error: Error) => void;
}

/** How long a run that was told to stop may take before its thread is ended from outside. */
const graceMs = 1000;

/**
 * Executes runs on worker threads, each with a TensorFlow.js engine of its own, and settles when all have ended or,
 * once the signal is aborted, have been stopped.
 *
 * @throws what `listen` threw, after stopping the runs.
 */
export async function runInPool(specs: readonly RunSpec[], options: PoolOptions): Promise<void> {
  if (specs.length === 0 || options.signal.aborted) return;
  const threads = Math.min(options.workers, specs.length);
  const pool = new Tinypool({
    filename: options.workerFile.href,
    name: 'executeRun',
    minThreads: threads,
    maxThreads: threads,
  });
  const broken = new AbortController();
  const stop = AbortSignal.any([options.signal, broken.signal]);
  setMaxListeners(0, stop); // One per run is no leak.
  const settled = Promise.all(specs.map((spec) => runInThread(pool, spec, stop, broken, options)));
  try {
    await Promise.race([settled, stopped(stop, pool)]);
  } finally {
    await pool.destroy();
    await settled;
  }
  if (broken.signal.aborted) throw broken.signal.reason;
}

async function runInThread(
  pool: Tinypool,
  spec: RunSpec,
  stop: AbortSignal,
  broken: AbortController,
  { listen, onFailure, snapshotOf }: PoolOptions,
): Promise<void> {
  const { port1: port, port2: workerPort } = new MessageChannel();
  const hear = (message: RunMessage) => {
    try {
      if (!broken.signal.aborted) listen(spec, message);
    } catch (error) {
      broken.abort(error);
    }
  };
  const tellToStop = () => port.postMessage('stop');
  stop.addEventListener('abort', tellToStop, { once: true });
  port.on('message', hear);
  try {
    const task: RunTask = { spec, snapshot: snapshotOf(spec), port: workerPort };
    await pool.run(task, { transferList: [workerPort] }).finally(() => {
      // The end of a run, good or bad, overtakes messages that were sent before it.
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) hear(next.message);
    });
  } catch (error) {
    if (!stop.aborted) onFailure(spec, error as Error);
  } finally {
    stop.removeEventListener('abort', tellToStop);
    port.close();
  }
}

/** Settles `graceMs` after the signal, having let no further run begin. */
function stopped(signal: AbortSignal, pool: Tinypool): Promise<void> {
  return new Promise((resolve) => {
    const wait = () => {
      pool.cancelPendingTasks();
      setTimeout(resolve, graceMs).unref();
    };
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
}
