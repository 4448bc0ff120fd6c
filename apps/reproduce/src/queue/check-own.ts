import type { Experiment, RunSpec } from '../runs/experiment.js';
import { RefusedError } from './refusals.js';
import { jobDifference, type RunJob } from './run-job.js';

/** @throws RefusedError if this machine would compute something else than what was asked for. */
export async function checkOwn(
  job: RunJob,
  experiments: readonly Experiment[],
  makeJob: (experiment: Experiment, spec: RunSpec) => Promise<RunJob>,
): Promise<void> {
  const { spec } = job;
  const experiment = experiments.find(({ name }) => name === spec.experiment);
  if (experiment?.resolveMethod(spec.method) !== spec.method) {
    throw new RefusedError(`there is no experiment ${spec.experiment} with a method ${spec.method} here`);
  }
  let own: RunJob;
  try {
    own = await makeJob(experiment, spec);
    if (spec.backend !== 'auto') {
      const { requireBackend } = await import('../native/require-backend.js');
      await requireBackend({ prefer: spec.backend });
    }
  } catch (error) {
    throw new RefusedError((error as Error).message);
  }
  const differences = jobDifference(own, job);
  if (differences.length > 0) throw new RefusedError(differences.join('; '));
}
