import type { MessagePort } from 'node:worker_threads';
import type { Evaluation } from '../logs/log-schema.js';
import type { RunSpec, RunStart } from './experiment.js';
import type { RunSnapshot } from './snapshot-file.js';

/** What a worker is given: a run, and the port that it reports through. */
export interface RunTask {
  readonly spec: RunSpec;
  /** Where an earlier try of the run stopped; its worker resumes from there. */
  readonly snapshot: RunSnapshot | undefined;
  /** That may compute it: the cores that other runs leave to it. */
  readonly threads: number;
  readonly port: MessagePort;
}

/** What a run tells. `end` comes last, and only from a run that was not stopped. */
export type RunMessage =
  | ({ readonly kind: 'begin' } & RunStart)
  | { readonly kind: 'evaluation'; readonly evaluation: Evaluation; readonly seconds: number }
  /** How much of the run is done, in [0, 1]. */
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'snapshot'; readonly payload: Uint8Array; readonly seconds: number }
  | { readonly kind: 'end'; readonly seconds: number };

/** What a thread tells the pool: `broken` comes last, from one whose engine cannot compute any more. */
export type ThreadMessage = RunMessage | { readonly kind: 'broken'; readonly reason: string };
