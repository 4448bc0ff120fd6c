import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobsOptions, Queue } from 'bullmq';
import type { RunSpec } from '../runs/experiment.js';
import { nameOf } from '../runs/recorder.js';
import { removeKept } from './keep-run.js';
import type { RunFiles } from './run-files.js';
import { jobDifference, jobIdOf, type RunJob, runJob } from './run-job.js';

/** How many jobs are asked for or sent in one piece. */
const piece = 1000;

/** A worker decides how often a run is tried: BullMQ only has to let it. */
const jobOptions: JobsOptions = {
  attempts: 1e6,
  backoff: { type: 'fixed', delay: 1000 },
  stackTraceLimit: 1,
};

/** The identifiers of all jobs in a state. */
export const idsIn = (
  queue: Queue,
  state: 'wait' | 'delayed' | 'active' | 'completed' | 'failed',
): Promise<string[]> => queue.getRanges([state], 0, -1);

/** The identifiers of all jobs that there are, whatever has become of them. */
export async function queuedIds(queue: Queue): Promise<Set<string>> {
  const ids = new Set<string>();
  // In the order that jobs take, waiting ones again at the end: none is overlooked because it moves meanwhile.
  for (const type of ['wait', 'delayed', 'active', 'completed', 'failed', 'delayed', 'wait'] as const) {
    for (const id of await idsIn(queue, type)) ids.add(id);
  }
  return ids;
}

/** Adds runs to the queue; one that is there already stays as it is. */
export async function enqueueRuns(queue: Queue, jobs: readonly RunJob[]): Promise<void> {
  for (let from = 0; from < jobs.length; from += piece) {
    await queue.addBulk(
      jobs.slice(from, from + piece).map((data) => ({
        name: data.spec.experiment,
        data,
        opts: { ...jobOptions, jobId: jobIdOf(data.spec) },
      })),
    );
  }
}

/** Takes a run out of the queue, and removes what is kept of it. */
export async function dequeueRun(queue: Queue, files: RunFiles, spec: RunSpec): Promise<void> {
  await Promise.all([removeKept(files, spec), queue.remove(jobIdOf(spec))]);
}

/** Takes out of the queue what is left of runs whose logs are there: whoever collected them was killed just after. */
export async function dequeueFinished(
  queue: Queue,
  files: RunFiles,
  finished: readonly RunSpec[],
): Promise<void> {
  const present = await queuedIds(queue);
  for (const spec of finished) if (present.has(jobIdOf(spec))) await dequeueRun(queue, files, spec);
}

export interface MakeRoomOptions {
  readonly files: RunFiles;
  /** Runs are to be computed again, from their beginning. */
  readonly fresh: boolean;
  /** Hears what was found. */
  readonly note: (text: string) => void;
}

/**
 * Takes out of the queue what is in the way of runs that are asked for: those of other versions, data, storage or
 * backend, and the dead ones, which are to be tried again.
 *
 * @throws Error if a worker is computing one of them otherwise than is asked for.
 */
export async function makeRoom(
  queue: Queue,
  jobs: readonly RunJob[],
  { files, fresh, note }: MakeRoomOptions,
): Promise<void> {
  const present = await queuedIds(queue);
  const found = jobs.filter(({ spec }) => present.has(jobIdOf(spec)));
  /** To be done once none refuses: what is kept of a run may be its whole log. */
  const removals: (() => Promise<void>)[] = [];
  for (let from = 0; from < found.length; from += piece) {
    const look = async (wanted: RunJob) => {
      const { spec } = wanted;
      const queued = await queue.getJob(jobIdOf(spec));
      if (!queued) return;
      const stale = staleness(queued.data, wanted);
      if (stale.length === 0 && (await queued.isActive())) return;
      if (await staysActive(queued)) {
        throw new Error(
          `a worker is computing ${nameOf(spec)} otherwise than is asked for: ${stale.join('; ')}. Stop it, or wait until ` +
            'it has ended, and start this command again.',
        );
      }
      if (fresh || stale.length > 0) {
        removals.push(async () => {
          if (!fresh) note(`${nameOf(spec)} is enqueued anew: ${stale.join('; ')}`);
          await dequeueRun(queue, files, spec);
        });
      } else if (await queued.isFailed()) {
        removals.push(async () => {
          note(`${nameOf(spec)} is tried again, which had failed: ${queued.failedReason}`);
          await queue.remove(jobIdOf(spec));
        });
      }
    };
    await Promise.all(found.slice(from, from + piece).map(look));
  }
  for (let from = 0; from < removals.length; from += piece) {
    await Promise.all(removals.slice(from, from + piece).map((remove) => remove()));
  }
}

/** Whether a worker computes a job. One that refuses it has it for a moment too. */
async function staysActive(job: Job): Promise<boolean> {
  for (let looks = 0; looks < 20; looks++) {
    if (!(await job.isActive())) return false;
    await sleep(250);
  }
  return true;
}

/** What a job that is there would compute otherwise than is asked for; a phrase each. */
function staleness(found: unknown, wanted: RunJob): string[] {
  const job = runJob.safeParse(found).data;
  if (!job) return ['it was enqueued by another version of this program'];
  const backend = job.spec.backend === wanted.spec.backend ? [] : [`its backend is ${job.spec.backend}`];
  const adding = job.spec.arithmetic ?? 'direct';
  const arithmetic = adding === (wanted.spec.arithmetic ?? 'direct') ? [] : [`its arithmetic is ${adding}`];
  return [...jobDifference(job, wanted), ...backend, ...arithmetic];
}
