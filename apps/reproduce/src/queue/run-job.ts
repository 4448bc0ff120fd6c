import { join } from 'node:path';
import { z } from 'zod';
import { configHash } from '../logs/config-hash.js';
import { logPath } from '../logs/log.js';
import { configDifference } from '../runs/config.js';
import type { Experiment, RunSpec } from '../runs/experiment.js';
import { versions } from '../runs/versions.js';

/** The queue of BullMQ that holds the runs of every experiment. */
export const queueName = 'metadistill';

/** Raised when a worker can no longer take a job of the old form. */
const jobSchemaVersion = 1;

const text = z.record(z.string(), z.string());

/** What is enqueued for a run: what to compute, and what it is to be computed with. The data themselves are not sent. */
export const runJob = z.object({
  schema: z.literal(jobSchemaVersion),
  spec: z.object({
    experiment: z.string(),
    protocol: z.enum(['published', 'corrected']),
    method: z.string(),
    run: z.int().nonnegative(),
    config: z
      .record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.number()).readonly()]))
      .and(z.object({ epochs: z.number() })),
    backend: z.enum(['auto', 'wasm', 'cpu', 'tensorflow', 'webgpu', 'webgl']),
    arithmetic: z.enum(['fast', 'direct']).exactOptional(),
  }),
  /** Of Node and of the packages. */
  versions: text,
  /** Fingerprints of the data, by name. */
  data: text,
  /** Where the log is to be put: a `RunFiles` of this place. */
  place: z.string(),
  /** How often it was begun since its last snapshot, and how often it threw since. */
  begun: z.int().nonnegative(),
  threw: z.int().nonnegative(),
});

export type RunJob = z.infer<typeof runJob>;

/** A run always has the same identifier, so that it is enqueued once however often that is asked for. */
export function jobIdOf({ experiment, protocol, method, run, config }: RunSpec): string {
  return [configHash(config), experiment, protocol, method, String(run).padStart(2, '0')].join('-');
}

/** Where the log of a run is kept until it is collected: runs of different configurations do not meet. */
export const keptLogPath = (spec: RunSpec): string => join(configHash(spec.config), logPath(spec));

/**
 * Makes jobs with the versions and data of this machine.
 *
 * @param place - where their logs are to be put.
 * @returns the job of a run. Fingerprints are taken once for all runs that differ in nothing but their number.
 */
export function createJobMaker(place: string): (experiment: Experiment, spec: RunSpec) => Promise<RunJob> {
  const own = versions();
  const known = new Map<string, Promise<Record<string, string>>>();
  const fingerprints = (experiment: Experiment, spec: RunSpec) => {
    const alike = jobIdOf({ ...spec, run: 0 });
    const taken = known.get(alike) ?? experiment.fingerprints?.(spec) ?? Promise.resolve({});
    known.set(alike, taken);
    taken.catch(() => known.delete(alike)); // What is missing may be there next time.
    return taken;
  };
  return async (experiment, spec) => ({
    schema: jobSchemaVersion,
    spec,
    versions: own,
    data: await fingerprints(experiment, spec),
    place,
    begun: 0,
    threw: 0,
  });
}

/** What keeps two machines from computing the same, a phrase each; none if nothing does. */
export function jobDifference(
  own: Pick<RunJob, 'versions' | 'data' | 'place'>,
  wanted: Pick<RunJob, 'versions' | 'data' | 'place'>,
): string[] {
  return [
    ...configDifference(own.versions, wanted.versions).map((phrase) => `the version of ${phrase}`),
    ...configDifference(own.data, wanted.data).map((phrase) => `the fingerprint of ${phrase}`),
    ...(own.place === wanted.place ? [] : [`logs are kept in ${own.place}, not in ${wanted.place}`]),
  ];
}
