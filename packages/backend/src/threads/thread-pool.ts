import { controlBytes, numbers, numbersAt, words } from './control.js';
import { type StartedWorker, startWorker } from './start-worker.js';

/** Jobs of one kernel. */
export interface Jobs {
  readonly name: string;
  /** Arguments of each, all as many. */
  readonly jobs: readonly (readonly unknown[])[];
  /** Of the first thread; those of the others follow, `step` bytes apart. It becomes the last argument. */
  readonly scratch?: { readonly address: number; readonly step: number };
}

/** Threads that compute in one heap. */
export interface ThreadPool {
  /** The caller's among them. */
  readonly threads: number;
  /**
   * Runs jobs on whichever threads are free, the caller's among them, and returns when all are done.
   *
   * @throws WebAssembly.RuntimeError if one traps, or a thread is lost.
   */
  run(jobs: Jobs): void;
  /** Ends the threads. Again is allowed. */
  stop(): Promise<void>;
}

export interface StartPoolOptions {
  /** The caller's among them; from 2. */
  readonly threads: number;
  readonly module: WebAssembly.Module;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
  /** The caller's own instance of the module. */
  readonly kernels: object;
  /** How long a thread may take for a job after the caller has run out of jobs; by default a minute. */
  readonly patienceMs?: number;
}

/** Turns of the caller's loop, about 0.1 ms, before it sleeps until a job is done: its worker may need this very core. */
const spins = 40_000;

/** Between two looks at whether a thread was lost. */
const napMs = 1000;

/**
 * Starts threads beside the caller's.
 *
 * Jobs are claimed, not assigned: a thread whose core is busy with something else takes none, and nobody waits for it.
 *
 * @throws Error if one does not start; then none is left.
 */
export async function startPool({
  threads,
  module,
  memory,
  kernels,
  patienceMs = 60_000,
}: StartPoolOptions): Promise<ThreadPool> {
  const control = new SharedArrayBuffer(controlBytes);
  const word = new Int32Array(control);
  const number = new Float64Array(control, numbersAt);
  const byName = kernels as Readonly<Record<string, (...job: readonly unknown[]) => void>>;
  const names = Object.keys(byName);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const mayBlock = canBlock();
  let lost: string | undefined;
  const onLost = (reason: string) => {
    lost ??= `a thread was lost: ${reason}`;
  };
  const starting = Array.from({ length: threads - 1 }, (_, i) =>
    startWorker({ module, memory, control, names, index: i + 1 }, onLost),
  );
  const settled = await Promise.allSettled(starting);
  const workers = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const refused = settled.find((each) => each.status === 'rejected');
  if (refused) {
    await endAll(workers, word);
    throw refused.reason;
  }

  /** Of a claimed job, how many were left with it; 0 if none was left. */
  const claim = (): number => {
    for (;;) {
      const left = Atomics.load(word, words.left);
      if (left <= 0 || Atomics.compareExchange(word, words.left, left, left - 1) === left) return left;
    }
  };
  const awaitWorkers = (jobs: number): void => {
    for (let i = 0; i < spins; i++) if (Atomics.load(word, words.done) === jobs) return;
    const began = performance.now();
    for (let naps = 0; ; ) {
      const done = Atomics.load(word, words.done);
      if (done === jobs) break;
      if (mayBlock) {
        Atomics.store(word, words.awaited, 1);
        if (Atomics.wait(word, words.done, done, Math.min(napMs, patienceMs)) === 'timed-out') naps++;
        else naps = 0;
      }
      // Naps are counted, so that a machine that was asleep has lost no thread.
      if (mayBlock ? naps * napMs >= patienceMs : performance.now() - began > patienceMs) {
        lost = `a thread has not come back with its job for ${Math.round(patienceMs / 1000)} s`;
        break;
      }
    }
    Atomics.store(word, words.awaited, 0);
    throwIfLost();
  };
  const throwIfLost = (): void => {
    if (lost !== undefined) throw new WebAssembly.RuntimeError(lost);
  };
  const runSome = (name: string, jobs: Jobs['jobs'], scratch: Jobs['scratch']): void => {
    const kernel = byName[name]!;
    const count = jobs.length;
    const { length } = jobs[0]!;
    word[words.kernel] = indexOf.get(name)!;
    word[words.count] = count;
    word[words.length] = length;
    word[words.hasScratch] = scratch ? 1 : 0;
    if (scratch) {
      number[numbers.scratch] = scratch.address;
      number[numbers.scratchStep] = scratch.step;
    }
    let at: number = numbers.jobs;
    for (const job of jobs) for (const value of job) number[at++] = Number(value);
    Atomics.store(word, words.done, 0);
    Atomics.store(word, words.left, count);
    if (Atomics.load(word, words.sleeping) > 0) Atomics.notify(word, words.left, count - 1);
    let own = 0;
    try {
      for (let left = claim(); left > 0; left = claim()) {
        own++;
        const job = jobs[count - left]!;
        if (scratch) kernel(...job, scratch.address);
        else kernel(...job);
      }
    } finally {
      // After a trap too: what others have claimed they still write.
      const left = Atomics.exchange(word, words.left, 0);
      awaitWorkers(count - left - own);
    }
    const failed = Atomics.load(word, words.failed);
    if (failed > 0) {
      lost = String.fromCharCode(...word.subarray(words.message, words.message + failed));
      throwIfLost();
    }
  };
  return {
    threads,
    run({ name, jobs, scratch }) {
      throwIfLost();
      if (jobs.length === 0) return;
      const atOnce = Math.floor((numbers.total - numbers.jobs) / Math.max(1, jobs[0]!.length));
      if (jobs.length <= atOnce) runSome(name, jobs, scratch);
      else for (let i = 0; i < jobs.length; i += atOnce) runSome(name, jobs.slice(i, i + atOnce), scratch);
    },
    async stop() {
      lost ??= 'the threads were stopped';
      await endAll(workers.splice(0), word);
    },
  };
}

async function endAll(workers: readonly StartedWorker[], word: Int32Array): Promise<void> {
  Atomics.store(word, words.stop, 1);
  Atomics.notify(word, words.left);
  await Promise.all(workers.map(({ terminate }) => terminate()));
}

/** Whether this thread may sleep: that of a page may not. */
function canBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
