import type { Protocol } from './experiment.js';
import type { CompleteLog } from './log.js';
import type { LogHeader } from './log-schema.js';
import { paperResults } from './paper-results.js';

/** A line of the table: the runs of one method with one configuration. Accuracies are in [0, 1]. */
export interface ResultRow {
  readonly experiment: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly runs: number;
  readonly meanAccuracy: number;
  /** Population standard deviation over runs. */
  readonly stdAccuracy: number;
  readonly maxAccuracy: number;
  /** Null where the paper's table has no such cell. */
  readonly paperMean: number | null;
  readonly paperMax: number | null;
  readonly secondsPerRun: number;
  /** Mean cost relative to plain training for the same number of iterations. */
  readonly costMultiple: number;
  readonly configHash: string;
  readonly config: LogHeader['config'];
  /** The logs' folder, relative to the results folder. */
  readonly logs: string;
}

/** A plain training step, in forward passes: one forward pass and a backward pass of twice its cost. */
const plainStep = 3;

/**
 * The table's rows from complete logs. A run's accuracy is that of its last evaluation. Runs of one method with
 * different configurations are different rows: they are never averaged.
 *
 * @param methodOrder - a method's place within its experiment; smaller comes first.
 */
export function aggregate(
  logs: readonly CompleteLog[],
  methodOrder: (experiment: string, method: string) => number,
): ResultRow[] {
  const groups = new Map<string, CompleteLog[]>();
  for (const log of logs) {
    const { experiment, protocol, method, configHash } = log.header;
    const key = [experiment, protocol, method, configHash].join('/');
    groups.set(key, [...(groups.get(key) ?? []), log]);
  }
  return [...groups.values()]
    .map(summarize)
    .sort(
      (a, b) =>
        a.experiment.localeCompare(b.experiment) ||
        b.protocol.localeCompare(a.protocol) ||
        methodOrder(a.experiment, a.method) - methodOrder(b.experiment, b.method) ||
        a.method.localeCompare(b.method, undefined, { numeric: true }),
    );
}

function summarize(logs: readonly CompleteLog[]): ResultRow {
  const { experiment, protocol, method, config, configHash } = (logs[0] as CompleteLog).header;
  const last = logs.map(({ evaluations }) => evaluations.at(-1) as CompleteLog['evaluations'][number]);
  const accuracies = last.map(({ testAccuracy }) => testAccuracy);
  const meanAccuracy = mean(accuracies);
  const paper = paperResults[experiment]?.[method];
  return {
    experiment,
    protocol,
    method,
    runs: logs.length,
    meanAccuracy,
    stdAccuracy: Math.sqrt(mean(accuracies.map((accuracy) => (accuracy - meanAccuracy) ** 2))),
    maxAccuracy: Math.max(...accuracies),
    paperMean: paper?.mean ?? null,
    paperMax: paper?.max ?? null,
    secondsPerRun: mean(logs.map(({ end }) => end.seconds)),
    costMultiple: mean(
      last.map(
        ({ forwardEquivalents, iteration }) => forwardEquivalents / (plainStep * Math.max(1, iteration)),
      ),
    ),
    configHash,
    config,
    logs: [experiment, protocol, method].join('/'),
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
