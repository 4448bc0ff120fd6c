import type { Redis } from 'ioredis';
import { z } from 'zod';

/** A worker that hands back the runs of an experiment, and why. */
const refusal = z.object({ worker: z.string(), experiment: z.string(), reason: z.string() });

export type Refusal = z.infer<typeof refusal>;

/** Why a worker hands a run back that another one may be able to compute. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The workers that refuse runs at present, kept in the Redis of the queue so that whoever waits for the runs sees it. */
export interface Refusals {
  tell(refusal: Refusal): Promise<void>;
  /** A worker takes runs of an experiment, or is gone. */
  withdraw(worker: string, experiment: string): Promise<void>;
  list(): Promise<Refusal[]>;
}

/** A worker that was killed cannot withdraw what it said. */
const lifetimeSeconds = 600;

export function createRefusals(connection: Redis): Refusals {
  const key = 'metadistill:refusals';
  const fieldOf = (worker: string, experiment: string) => `${worker} ${experiment}`;
  return {
    async tell(told) {
      await connection.hset(key, fieldOf(told.worker, told.experiment), JSON.stringify(told));
      await connection.expire(key, lifetimeSeconds);
    },
    async withdraw(worker, experiment) {
      await connection.hdel(key, fieldOf(worker, experiment));
    },
    async list() {
      const values = await connection.hvals(key);
      return values.flatMap((value) => parseRefusal(value) ?? []);
    },
  };
}

/** Whoever may write to the Redis may have written anything: what is no refusal is none. */
function parseRefusal(value: string): Refusal | undefined {
  try {
    return refusal.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
