import type { FoundLogs, UnusableLog } from '../logs/find-logs.js';
import { type CompleteLog, logPath } from '../logs/log.js';
import type { EvaluationLine } from '../logs/log-schema.js';
import { configDifference } from '../runs/config.js';

/** How runs compare with committed ones of the same configuration. */
export interface Comparison {
  /** Runs that equal theirs bit for bit. */
  readonly equal: number;
  readonly differing: readonly RunDifference[];
  /** Runs that the reference has with another configuration. */
  readonly reconfigured: number;
  /** Runs that the reference has a log of that does not count. */
  readonly unusable: readonly UnusableLog[];
  /** Runs that the reference has no log of. */
  readonly missing: number;
}

/** What differs between a run and the committed one. */
export interface RunDifference {
  /** Relative to the results folder: `synthetic/published/gradient/run-03.jsonl`. */
  readonly log: string;
  /** The epoch of the first evaluation that differs. */
  readonly firstEpoch: number;
  /** The last test accuracy minus the committed one. */
  readonly accuracy: number;
  /** The value that differs most, and by how much; Infinity if one of the two is missing or not finite. */
  readonly largest: { readonly key: string; readonly epoch: number; readonly difference: number };
  /** What else was not alike, a phrase each: `node is 22.1.0, not 20.20.2`. */
  readonly circumstances: readonly string[];
}

/**
 * Compares runs with the committed runs of the same name and configuration: every number of every evaluation, which
 * are accuracies, losses, metaparameters and costs, but not the seconds. A number that the committed log does not
 * have, as those of early versions lack some, is not compared.
 */
export function compareWithReference(logs: readonly CompleteLog[], reference: FoundLogs): Comparison {
  const committed = new Map(reference.complete.map((log) => [logPath(log.header), log]));
  const named = logs.flatMap((log) => {
    const expected = committed.get(logPath(log.header));
    return expected ? [[log, expected] as const] : [];
  });
  const compared = named.filter(([log, expected]) => log.header.configHash === expected.header.configHash);
  const differing = compared.flatMap(([log, expected]) => differenceOf(log, expected) ?? []);
  const paths = new Set(logs.map(({ header }) => logPath(header)));
  const unusable = reference.unfinished.filter(({ path }) => paths.has(path));
  return {
    equal: compared.length - differing.length,
    differing,
    reconfigured: named.length - compared.length,
    unusable,
    missing: logs.length - named.length - unusable.length,
  };
}

function differenceOf(log: CompleteLog, expected: CompleteLog): RunDifference | undefined {
  const differences = expected.evaluations.flatMap((line, index) =>
    valueDifferences(log.evaluations[index], line),
  );
  const [first] = differences;
  if (!first) return undefined;
  const last = ({ evaluations }: CompleteLog) => (evaluations.at(-1) as EvaluationLine).testAccuracy;
  return {
    log: logPath(log.header),
    firstEpoch: first.epoch,
    accuracy: last(log) - last(expected),
    largest: differences.reduce((a, b) => (b.difference > a.difference ? b : a)),
    circumstances: configDifference(circumstancesOf(log), circumstancesOf(expected)),
  };
}

const circumstancesOf = ({ header: { backend, kernels, versions } }: CompleteLog) => ({
  backend: backend.name,
  arithmetic: kernels?.arithmetic ?? 'direct',
  ...versions,
});

/** Each number of an evaluation that is another one; of an evaluation that is missing, all. */
function valueDifferences(
  line: EvaluationLine | undefined,
  expected: EvaluationLine,
): RunDifference['largest'][] {
  const { kind, seconds, ...values } = expected;
  return Object.entries(values)
    .map(([key, value]) => [key, value, line?.[key as keyof typeof values]] as const)
    .filter(([, value, got]) => got !== value)
    .map(([key, value, got]) => ({
      key,
      epoch: expected.epoch,
      difference: typeof value !== 'number' || typeof got !== 'number' ? Infinity : Math.abs(got - value),
    }));
}
