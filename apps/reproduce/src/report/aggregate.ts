import { forwardEquivalents, plainStepCost } from '@metadistill/hypergrad';
import type { CompleteLog } from '../logs/log.js';
import type { EvaluationLine, LogHeader } from '../logs/log-schema.js';
import type { Protocol } from '../runs/experiment.js';
import type { AuthorsMethod, AuthorsMethods } from './authors-logs.js';
import { bootstrapDifference } from './bootstrap-difference.js';
import { paperResults } from './paper-results.js';

/** A line of the table: the runs of one method with one configuration. Accuracies are in [0, 1]. */
export interface ResultRow {
  readonly experiment: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly runs: number;
  readonly meanAccuracy: number;
  /** Population standard deviation over runs; null of one run. */
  readonly stdAccuracy: number | null;
  readonly maxAccuracy: number;
  /** Null if the paper's table has no such cell. */
  readonly paperMean: number | null;
  readonly paperMax: number | null;
  /** Of the authors' own logs; null if they have no such runs. */
  readonly authorsMean: number | null;
  readonly authorsRuns: number | null;
  /** The files of these runs, as the authors called them. */
  readonly authorsLogs: readonly string[] | null;
  /** The method that the differences are to. */
  readonly baseline: string;
  /**
   * Mean difference to the baseline's accuracy over runs of the same number and configuration, and its 95 % interval;
   * null for the baseline itself and if fewer than five runs have a counterpart.
   */
  readonly difference: number | null;
  readonly differenceLow: number | null;
  readonly differenceHigh: number | null;
  /** Means of what else the last evaluations measure; null if a run does not have it. */
  readonly means: Readonly<Record<MeanMetric, number | null>>;
  readonly secondsPerRun: number;
  /** Mean cost relative to plain training for the same number of iterations. */
  readonly costMultiple: number;
  readonly configHash: string;
  readonly config: LogHeader['config'];
  /** Whether these are committed logs, shown for want of runs computed here. */
  readonly reference: boolean;
  /** The logs' folder, relative to the results folder, or to the reference. */
  readonly logs: string;
}

/** Numbers of an evaluation that `table --json` averages over runs. */
const meanMetrics = [
  'testLoss',
  'validationLoss',
  'testExpectedCalibrationError',
  'testBrierScore',
  'testTop5Accuracy',
  'validationTeacherAgreement',
  'validationTeacherKL',
] as const satisfies readonly (keyof EvaluationLine)[];
type MeanMetric = (typeof meanMetrics)[number];

export interface AggregateOptions {
  /** The method that the others are compared with, run by run; by default `none`. */
  readonly baseline?: string;
  /** The authors' runs, to show beside ours. */
  readonly authors?: AuthorsMethods;
  /** Committed logs: each method, with its configuration, that `logs` lacks is tabulated from these. */
  readonly reference?: readonly CompleteLog[];
}

/**
 * The table's rows from complete logs. A run's accuracy is that of its last evaluation. Runs of one method with
 * different configurations are different rows: they are never averaged.
 *
 * @param methodOrder - a method's place within its experiment; smaller comes first.
 */
export function aggregate(
  logs: readonly CompleteLog[],
  methodOrder: (experiment: string, method: string) => number,
  { baseline = 'none', authors = {}, reference = [] }: AggregateOptions = {},
): ResultRow[] {
  const [computed, committed] = [groupsOf(logs), groupsOf(reference)] as const;
  return [...committed, ...computed]
    .filter(([key, group]) => computed.get(key) === group || !computed.has(key))
    .map(([key, group]) => {
      const { header } = group[0] as CompleteLog;
      const isReference = !computed.has(key);
      const others = isReference ? committed : computed;
      const compared = header.method === baseline ? [] : (others.get(keyOf(header, baseline)) ?? []);
      return {
        ...summarize(group),
        reference: isReference,
        ...authorsOf(authors[header.experiment]?.[header.method]),
        baseline,
        ...differenceBetween(group, compared),
      };
    })
    .sort(
      (a, b) =>
        a.experiment.localeCompare(b.experiment) ||
        b.protocol.localeCompare(a.protocol) ||
        methodOrder(a.experiment, a.method) - methodOrder(b.experiment, b.method) ||
        a.method.localeCompare(b.method, undefined, { numeric: true }),
    );
}

/** The runs of each method with one configuration. */
function groupsOf(logs: readonly CompleteLog[]): ReadonlyMap<string, readonly CompleteLog[]> {
  const groups = new Map<string, CompleteLog[]>();
  for (const log of logs) {
    const key = keyOf(log.header, log.header.method);
    groups.set(key, [...(groups.get(key) ?? []), log]);
  }
  return groups;
}

const keyOf = ({ experiment, protocol, configHash }: LogHeader, method: string): string =>
  [experiment, protocol, method, configHash].join('/');

function differenceBetween(
  logs: readonly CompleteLog[],
  baseline: readonly CompleteLog[],
): Pick<ResultRow, 'difference' | 'differenceLow' | 'differenceHigh'> {
  const accuracies = new Map(baseline.map((log) => [log.header.run, lastOf(log).testAccuracy]));
  const differences = logs.flatMap((log) => {
    const accuracy = accuracies.get(log.header.run);
    return accuracy === undefined ? [] : [lastOf(log).testAccuracy - accuracy];
  });
  const found = bootstrapDifference(differences);
  return {
    difference: found?.mean ?? null,
    differenceLow: found?.low ?? null,
    differenceHigh: found?.high ?? null,
  };
}

function authorsOf(
  method: AuthorsMethod | undefined,
): Pick<ResultRow, 'authorsMean' | 'authorsRuns' | 'authorsLogs'> {
  if (!method) return { authorsMean: null, authorsRuns: null, authorsLogs: null };
  const { accuracies, files } = method;
  return { authorsMean: mean(accuracies), authorsRuns: accuracies.length, authorsLogs: files };
}

const lastOf = ({ evaluations }: CompleteLog): EvaluationLine => evaluations.at(-1) as EvaluationLine;

type Summary = Omit<
  ResultRow,
  | 'reference'
  | keyof ReturnType<typeof authorsOf>
  | 'baseline'
  | 'difference'
  | 'differenceLow'
  | 'differenceHigh'
>;

function summarize(logs: readonly CompleteLog[]): Summary {
  const { experiment, protocol, method, config, configHash } = (logs[0] as CompleteLog).header;
  const last = logs.map(lastOf);
  const accuracies = last.map(({ testAccuracy }) => testAccuracy);
  const meanAccuracy = mean(accuracies);
  const paper = paperResults[experiment]?.[method];
  return {
    experiment,
    protocol,
    method,
    runs: logs.length,
    meanAccuracy,
    stdAccuracy:
      logs.length > 1 ? Math.sqrt(mean(accuracies.map((accuracy) => (accuracy - meanAccuracy) ** 2))) : null,
    maxAccuracy: Math.max(...accuracies),
    paperMean: paper?.mean ?? null,
    paperMax: paper?.max ?? null,
    means: Object.fromEntries(
      meanMetrics.map((metric) => [metric, meanOrNull(last.map((line) => line[metric] ?? null))]),
    ) as ResultRow['means'],
    secondsPerRun: mean(logs.map(({ end }) => end.seconds)),
    costMultiple: mean(
      last.map(
        (line) => line.forwardEquivalents / (forwardEquivalents(plainStepCost) * Math.max(1, line.iteration)),
      ),
    ),
    configHash,
    config,
    logs: [experiment, protocol, method].join('/'),
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const meanOrNull = (values: readonly (number | null)[]): number | null =>
  values.every((value) => value !== null) ? mean(values) : null;
