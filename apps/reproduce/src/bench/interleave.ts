/** Something to time, under a name. */
export interface Timed {
  readonly name: string;
  /** Runs once; says what it took if it has measured that itself. */
  run(): Promise<Repetition | undefined>;
}

/** What one repetition took. */
export interface Repetition {
  readonly ms: number;
  /** Resident memory after it, in 10⁶ bytes. */
  readonly rssMb: number;
}

/** What the repetitions of one thing took, in milliseconds. */
export interface Times {
  readonly name: string;
  readonly medianMs: number;
  readonly minMs: number;
  readonly iterations: number;
  /** Largest resident memory after a repetition, in 10⁶ bytes; of the process, whatever is timed beside. */
  readonly rssMb: number;
}

/**
 * Times things in turns, a repetition of each after the other, so that whatever slows the machine for a while slows all
 * of them alike.
 *
 * @param warmUps repetitions of each before those that count.
 * @param now a clock in milliseconds.
 */
export async function interleave(
  things: readonly Timed[],
  { iterations, warmUps }: { readonly iterations: number; readonly warmUps: number },
  now: () => number = () => performance.now(),
): Promise<Times[]> {
  const taken: Repetition[][] = things.map(() => []);
  for (let round = 0; round < warmUps + iterations; round++) {
    for (const [i, { run }] of things.entries()) {
      const from = now();
      const measured = await run();
      const ms = now() - from;
      if (round >= warmUps) taken[i]?.push(measured ?? { ms, rssMb: process.memoryUsage.rss() / 1e6 });
    }
  }
  return things.map(({ name }, i) => {
    const repetitions = taken[i] as Repetition[];
    const times = repetitions.map(({ ms }) => ms);
    return {
      name,
      medianMs: median(times),
      minMs: Math.min(...times),
      iterations,
      rssMb: Math.max(...repetitions.map(({ rssMb }) => rssMb)),
    };
  });
}

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
    : (sorted[Math.floor(middle)] as number);
}
