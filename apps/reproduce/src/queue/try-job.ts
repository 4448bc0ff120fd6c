import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { nameOf } from '../runs/recorder.js';
import { type ComputeJobOptions, computeJob } from './compute-job.js';
import { RefusedError } from './refusals.js';
import type { RunJob } from './run-job.js';

/** How often a run may throw without reaching its next snapshot. */
const mostThrown = 3;

/** How often it may be begun: machines that are taken away are no fault of the run, memory that runs out is. */
const mostBegun = 20;

export interface TryJobOptions extends Omit<ComputeJobOptions, 'onBegin' | 'onKept' | 'onFraction'> {
  /** The job as BullMQ has it, with the token of its lock. */
  readonly queued: Job;
  readonly token: string;
  /** Called if the run threw. */
  readonly onThrown: () => void;
}

/**
 * Computes a job, and counts in the queue how often that was tried since the last snapshot, which outlives this worker.
 *
 * @throws WaitingError if the signal stopped it, handed back to the queue; RefusedError if others may be able to compute
 * it; UnrecoverableError if it is not to be tried again; else what the run threw.
 */
export async function tryJob(job: RunJob, options: TryJobOptions): Promise<void> {
  const { queued, token, signal, lost, progress, onThrown } = options;
  if (job.begun >= mostBegun) {
    throw new UnrecoverableError(
      `it was begun ${mostBegun} times, and each time its worker ended before the next snapshot. Look whether it runs ` +
        'out of memory',
    );
  }
  let counts = { begun: job.begun, threw: job.threw };
  const count = async (next: typeof counts) => {
    const isNew = next.begun !== counts.begun || next.threw !== counts.threw;
    counts = next;
    if (isNew) await queued.updateData({ ...job, ...counts });
  };
  /** As if it had not been begun this time. */
  const uncount = () => count({ ...counts, begun: Math.min(counts.begun, job.begun) });
  try {
    await computeJob(job, {
      ...options,
      onBegin: () => count({ ...counts, begun: job.begun + 1 }),
      onKept: () => count({ begun: 0, threw: 0 }),
      onFraction: (fraction) => void queued.updateProgress({ fraction }).catch(() => {}),
    });
  } catch (error) {
    if (lost.aborted) throw new Error(String(lost.reason));
    if (signal.aborted) {
      await uncount();
      await queued.moveToWait(token);
      progress.note(`${nameOf(job.spec)}: handed back`);
      throw new WaitingError();
    }
    if (error instanceof RefusedError) {
      await uncount();
      throw error;
    }
    onThrown();
    const { name: kind, message, stack } = error as Error;
    const threw = counts.threw + 1;
    const isDead = threw >= mostThrown || kind === 'DivergedError';
    await count({ begun: 0, threw });
    console.error(`${nameOf(job.spec)} failed${isDead ? '' : ', and is tried again'}: ${stack ?? message}`);
    throw isDead ? new UnrecoverableError(message) : error;
  }
}
