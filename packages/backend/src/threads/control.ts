/**
 * What the threads of a pool share besides the heap: 32-bit words by which jobs are claimed, then 64-bit numbers, the jobs'
 * arguments. Words that several threads write lie on cache lines of their own.
 */
export const words = {
  /** Jobs that nobody has claimed: whoever lowers it by one has the job. */
  left: 0,
  /** Jobs that workers have done. */
  done: 16,
  /** Workers that wait for jobs. */
  sleeping: 32,
  /** Whether the caller waits for `done`. */
  awaited: 48,
  /** Not 0 if the workers are to end. */
  stop: 64,
  /** Not 0 from the first trap of a worker on: the length of its message, whose codes follow. */
  failed: 80,
  message: 81,
  /** What is to be done, written before `left`. */
  kernel: 336,
  count: 337,
  length: 338,
  hasScratch: 339,
} as const;

export const mostMessage = 255;

/** Where the numbers begin, in bytes: the scratch of the first thread, the bytes from one to the next, and arguments. */
export const numbersAt = 2048;

export const numbers = { scratch: 0, scratchStep: 1, jobs: 2, total: 8192 } as const;

export const controlBytes = numbersAt + 8 * numbers.total;
