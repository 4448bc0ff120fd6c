import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { RunSpec } from '../runs/experiment.js';
import { isFinished } from '../runs/plan.js';
import { nameOf } from '../runs/recorder.js';
import { formatDuration } from '../terminal/duration.js';
import type { Progress } from '../terminal/progress.js';
import { collectRun } from './collect-run.js';
import { dequeueRun, enqueueRuns, idsIn, queuedIds } from './queued-runs.js';
import type { Refusals } from './refusals.js';
import type { RunFiles } from './run-files.js';
import { jobIdOf, type RunJob } from './run-job.js';

export interface CollectRunsOptions {
  readonly queue: Queue;
  readonly files: RunFiles;
  readonly refusals: Refusals;
  /** Absolute. */
  readonly results: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Hears of a run that no worker tries any more, and why. */
  readonly onDead: (spec: RunSpec, reason: string) => void;
  /** Hears what keeps runs from being computed. */
  readonly warn: (text: string) => void;
}

/** How often to look for runs that have ended, and for how the others are doing. */
const [collectEveryMs, lookEveryMs] = [200, 1000];

/** How often to look for runs that the queue has forgotten, as a Redis that was restarted may; less often if it takes long. */
const [searchEveryMs, searchPerTime] = [10_000, 100];

/** How long a log may take to be seen in a shared folder after a worker wrote it. */
const visibleWithinMs = 60_000;

/** How long no worker may be there before that is said. */
const loneAfterMs = 3000;

/** Collects the logs of enqueued runs until all are done or dead, or the signal is aborted. */
export async function collectRuns(jobs: readonly RunJob[], options: CollectRunsOptions): Promise<void> {
  const { queue, files, refusals, results, progress, signal, onDead, warn } = options;
  const open = new Map(jobs.map((job) => [jobIdOf(job.spec), job]));
  const unseenSince = new Map<string, number>();

  const told = new Set<string>();
  const tellOnce = (text: string) => {
    if (!told.has(text)) warn(text);
    told.add(text);
  };

  const done = (id: string, spec: RunSpec, result: string) => {
    open.delete(id);
    progress.finish(nameOf(spec), result);
  };
  const enqueueAgain = async (job: RunJob, reason: string) => {
    progress.note(`${nameOf(job.spec)} is enqueued again: ${reason}`);
    await dequeueRun(queue, files, job.spec);
    await enqueueRuns(queue, [job]);
  };

  const collect = async (id: string, job: RunJob) => {
    const { spec } = job;
    const log = await collectRun(files, job, results);
    if (log === 'owned') return tellOnce(`${nameOf(spec)}: waits for the process that owns its log.`);
    if (log !== 'missing') {
      const result =
        log === 'finished'
          ? 'computed by another process'
          : `accuracy ${log.evaluations.at(-1)?.testAccuracy.toFixed(4)} in ${formatDuration(log.end.seconds)}`;
      done(id, spec, result);
      return dequeueRun(queue, files, spec);
    }
    const since = unseenSince.get(id) ?? performance.now();
    unseenSince.set(id, since);
    if (files.isImmediate || performance.now() - since > visibleWithinMs) {
      unseenSince.delete(id);
      await enqueueAgain(job, 'its log is not where its worker put it');
    }
  };

  const collectEnded = async () => {
    for (const id of await idsIn(queue, 'completed')) {
      const job = open.get(id);
      if (job) await collect(id, job);
    }
    for (const id of await idsIn(queue, 'failed')) {
      const spec = open.get(id)?.spec;
      if (!spec) continue;
      const reason = (await queue.getJob(id))?.failedReason ?? 'its job is gone';
      open.delete(id);
      onDead(spec, reason);
      progress.finish(nameOf(spec), `failed: ${reason}`);
    }
  };

  const began = performance.now();
  const look = async () => {
    const active = await queue.getActive();
    for (const { id, progress: reported } of active) {
      const spec = open.get(id ?? '')?.spec;
      const { fraction } = Object(reported) as { fraction?: unknown };
      if (spec && typeof fraction === 'number') progress.update(nameOf(spec), fraction);
    }
    const names = new Set([...open.values()].map(({ spec }) => spec.experiment).concat(''));
    for (const { worker, experiment, reason } of await refusals.list()) {
      if (names.has(experiment)) tellOnce(`worker ${worker} refuses runs: ${reason}`);
    }
    if (active.length === 0 && performance.now() - began > loneAfterMs && (await hasNoWorker(queue))) {
      tellOnce(
        'no worker is there yet. Start some, here or elsewhere: `reproduce worker --queue` with the same address.',
      );
    }
  };

  const search = async () => {
    const present = await queuedIds(queue);
    for (const [id, job] of [...open].filter(([id]) => !present.has(id))) {
      if (isFinished(job.spec, results)) done(id, job.spec, 'collected by another process');
      else if (open.has(id)) await enqueueAgain(job, 'the queue has forgotten it');
    }
  };

  const inTurns = [
    every(collectEveryMs, 1, collectEnded),
    every(lookEveryMs, 10, look),
    every(searchEveryMs, searchPerTime, search),
  ];
  while (open.size > 0 && !signal.aborted) {
    for (const turn of inTurns) await turn();
    await sleep(collectEveryMs / 2);
  }
}

/** Calls an action whenever it is due: after `ms`, or `perTime` times as long as it took last. */
function every(ms: number, perTime: number, action: () => Promise<void>): () => Promise<void> {
  let next = performance.now() + ms;
  return async () => {
    const now = performance.now();
    if (now < next) return;
    await action();
    const ended = performance.now();
    next = ended + Math.max(ms, perTime * (ended - now));
  };
}

/** A Redis of someone else's may not tell. */
async function hasNoWorker(queue: Queue): Promise<boolean> {
  try {
    return (await queue.getWorkersCount()) === 0;
  } catch {
    return false;
  }
}
