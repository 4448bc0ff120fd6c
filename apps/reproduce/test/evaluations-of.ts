import type { Evaluation } from '../src/logs/log-schema.js';
import type { ExperimentConfig, RunContext, RunSpec } from '../src/runs/experiment.js';

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
