import { UnrecoverableError } from 'bullmq';
import { configHash } from '../logs/config-hash.js';
import { configFault } from '../runs/config.js';
import type { Experiment, RunSpec } from '../runs/experiment.js';
import { largestRun, runLimits } from '../runs/run-limits.js';
import { versions } from '../runs/versions.js';
import { RefusedError } from './refusals.js';
import { jobDifference, type RunJob } from './run-job.js';

/**
 * Checks jobs before they begin: whoever may write to the queue may have put anything there.
 *
 * @returns a function that throws RefusedError if this machine would compute something else than was asked for, and
 * UnrecoverableError if no worker can compute the job.
 */
export function createOwnCheck(
  experiments: readonly Experiment[],
  makeJob: (experiment: Experiment, spec: RunSpec) => Promise<RunJob>,
): (job: RunJob) => Promise<void> {
  /** Runs that differ in nothing but their number are prepared once. */
  const prepared = new Set<string>();
  const prepare = async (experiment: Experiment, spec: RunSpec) => {
    const alike = [spec.experiment, spec.protocol, spec.method, configHash(spec.config)].join('\n');
    if (prepared.has(alike)) return;
    await experiment.prepare?.([spec]);
    prepared.add(alike);
  };
  return async (job) => {
    const { spec } = job;
    const experiment = experiments.find(({ name }) => name === spec.experiment);
    if (experiment?.resolveMethod(spec.method) !== spec.method) {
      throw new RefusedError(`there is no experiment ${spec.experiment} with a method ${spec.method} here`);
    }
    // Other versions may well have other settings.
    refuseDifferent({ ...job, versions: versions() }, job);
    const fault = specFault(spec, experiment);
    if (fault !== undefined) throw new UnrecoverableError(fault);
    try {
      refuseDifferent(await makeJob(experiment, spec), job);
      if (spec.backend !== 'auto') {
        const { requireBackend } = await import('../native/require-backend.js');
        await requireBackend({ prefer: spec.backend });
      }
    } catch (error) {
      throw new RefusedError((error as Error).message);
    }
    try {
      await prepare(experiment, spec);
    } catch (error) {
      const { message } = error as Error;
      // On the same data, a setting that is out of its range here is so everywhere.
      throw error instanceof RangeError ? new UnrecoverableError(message) : new RefusedError(message);
    }
  };
}

function refuseDifferent(own: RunJob, job: RunJob): void {
  const differences = jobDifference(own, job);
  if (differences.length > 0) throw new RefusedError(differences.join('; '));
}

/** What the command line would not have let through. */
function specFault({ protocol, run, config }: RunSpec, experiment: Experiment): string | undefined {
  if (!experiment.protocols.includes(protocol)) {
    return `protocol is ${protocol}; expected ${experiment.protocols.join(' or ')}`;
  }
  if (run > largestRun) return `run is ${run}; expected a whole number, 0 to ${largestRun}`;
  const fault = configFault(config, experiment.defaults(protocol));
  if (fault !== undefined) return fault;
  const { epochs } = config;
  return Number.isInteger(epochs) && epochs >= 1 && epochs <= runLimits.epochs
    ? undefined
    : `epochs is ${epochs}; expected a whole number, 1 to ${runLimits.epochs}`;
}
