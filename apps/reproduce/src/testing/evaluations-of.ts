import type { ExperimentConfig, RunContext, RunSpec } from '../experiment.js';
import type { Evaluation } from '../log-schema.js';

/** Executes a run here and now, without a worker or a log. */
export async function evaluationsOf<Config extends ExperimentConfig>(
  execute: (spec: RunSpec<Config>, context: RunContext) => Promise<void>,
  spec: RunSpec<Config>,
): Promise<Evaluation[]> {
  const evaluations: Evaluation[] = [];
  await execute(spec, {
    begin: () => {},
    emit: (evaluation) => evaluations.push(evaluation),
    progress: () => {},
    snapshot: undefined,
    save: () => {},
    signal: new AbortController().signal,
  });
  return evaluations;
}
