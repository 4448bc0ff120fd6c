import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import type { RunSpec } from './experiment.js';
import type { RunMessage, RunTask, ThreadMessage } from './run-message.js';
import type { RunSnapshot } from './snapshot-file.js';

export interface RunPoolOptions {
  /** Threads, at least 1. The results do not depend on it. */
  readonly workers: number;
  /** A module that exports `executeRun`. */
  readonly workerFile: URL;
}

export interface PooledRunOptions {
  /** Aborted if the run is to stop. */
  readonly signal: AbortSignal;
  /** Where an earlier try of the run stopped. */
  readonly snapshot: RunSnapshot | undefined;
  /** Hears every message of the run, in order. An error thrown here stops the run. */
  readonly listen: (message: RunMessage) => void;
}

/** The engine of the run's thread trapped, and computes no more. The thread was replaced: the run may be tried again. */
export class BrokenThreadError extends Error {
  override readonly name = 'BrokenThreadError';
}

/** Worker threads, each with a TensorFlow.js engine of its own. */
export interface RunPool {
  /**
   * Executes a run on the next thread that is free.
   *
   * @throws BrokenThreadError if its engine broke; what the run threw, what `listen` threw, or the signal's reason if it stopped the run.
   */
  run(spec: RunSpec, options: PooledRunOptions): Promise<void>;
  /** Ends the threads. Settle or stop the runs first: what still computes is cut short. */
  close(): Promise<void>;
}

/** How long a run that was told to stop may take before its thread is ended from outside. */
const graceMs = 1000;

/** Starts no thread before the first run. */
export function createRunPool({ workers, workerFile }: RunPoolOptions): RunPool {
  let threads: Tinypool | undefined;
  return {
    run(spec, options) {
      threads ??= new Tinypool({
        filename: workerFile.href,
        name: 'executeRun',
        minThreads: workers,
        maxThreads: workers,
      });
      return runInThread(threads, spec, { ...options, threads: threadsOf(workers) });
    },
    close: async () => threads?.destroy(),
  };
}

/** What each of so many runs at a time gets of the cores. */
const threadsOf = (workers: number): number => Math.max(1, Math.floor(availableParallelism() / workers));

async function runInThread(
  threads: Tinypool,
  spec: RunSpec,
  { signal, snapshot, listen, threads: computing }: PooledRunOptions & Pick<RunTask, 'threads'>,
): Promise<void> {
  signal.throwIfAborted();
  setMaxListeners(0, signal); // One per run is no leak.
  const { port1: port, port2: workerPort } = new MessageChannel();
  const endThread = new AbortController();
  let begun = false;
  let stopped: { readonly reason: unknown } | undefined;
  const stop = (reason: unknown) => {
    stopped ??= { reason };
    port.postMessage('stop');
    if (begun) setTimeout(() => endThread.abort(), graceMs).unref();
    else endThread.abort();
  };
  const stopBySignal = () => stop(signal.reason);
  let deaf = false;
  const hear = (message: ThreadMessage) => {
    begun = true;
    if (message.kind === 'broken') {
      stopped ??= { reason: new BrokenThreadError(message.reason) };
      endThread.abort();
      return;
    }
    try {
      if (!deaf) listen(message);
    } catch (error) {
      deaf = true;
      stop(error);
    }
  };
  signal.addEventListener('abort', stopBySignal, { once: true });
  port.on('message', hear);
  try {
    const task: RunTask = { spec, snapshot, port: workerPort, threads: computing };
    await threads.run(task, { transferList: [workerPort], signal: endThread.signal }).finally(() => {
      // The end of a run, good or bad, overtakes messages that were sent before it.
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) hear(next.message);
    });
    if (deaf) throw stopped?.reason;
  } catch (error) {
    throw stopped ? stopped.reason : error;
  } finally {
    signal.removeEventListener('abort', stopBySignal);
    port.close();
  }
}
