import { join } from 'node:path';
import { appendToLog, logPath, resumeLog, startLog } from '../logs/log.js';
import { type EvaluationLine, type LogHeader, logSchemaVersion } from '../logs/log-schema.js';
import { formatDuration } from '../terminal/duration.js';
import type { Progress } from '../terminal/progress.js';
import { configHash } from './config.js';
import type { RunSpec, RunStart } from './experiment.js';
import type { RunMessage } from './run-message.js';
import { type RunSnapshot, removeSnapshot, snapshotPath, writeSnapshot } from './snapshot-file.js';

/** Turns what runs tell into logs and progress. */
export interface Recorder {
  /** @throws if a log cannot be written. */
  hear(spec: RunSpec, message: RunMessage): void;
  /** How many runs have ended. */
  finished(): number;
}

/** A run in words: `synthetic published gradient run 03`. */
export const nameOf = ({ experiment, protocol, method, run }: RunSpec): string =>
  `${experiment} ${protocol} ${method} run ${String(run).padStart(2, '0')}`;

/**
 * @param resultsFolder - absolute.
 * @param snapshotOf - where an earlier try of a run stopped; its log is taken up there.
 * @param machine - what every header says of where it was computed.
 */
export function createRecorder(
  resultsFolder: string,
  machine: Pick<LogHeader, 'versions' | 'cores'>,
  progress: Progress,
  snapshotOf: (spec: RunSpec) => RunSnapshot | undefined,
): Recorder {
  const evaluations = new Map<RunSpec, EvaluationLine[]>();
  const backends = new Set<string>();
  let finished = 0;
  return {
    finished: () => finished,
    hear(spec, message) {
      const path = join(resultsFolder, logPath(spec));
      if (message.kind === 'begin') {
        const snapshot = snapshotOf(spec);
        if (!snapshot) startLog(path, headerOf(spec, message, machine));
        evaluations.set(spec, snapshot ? resumeLog(path, snapshot.evaluations, message.backend.name) : []);
        const { name, reason } = message.backend;
        if (!backends.has(name)) progress.note(`backend ${name}: ${reason}`);
        backends.add(name);
      } else if (message.kind === 'evaluation') {
        const line: EvaluationLine = { kind: 'eval', seconds: message.seconds, ...message.evaluation };
        appendToLog(path, line);
        evaluations.get(spec)?.push(line);
      } else if (message.kind === 'snapshot') {
        const { payload, seconds } = message;
        const count = evaluations.get(spec)?.length ?? 0;
        const snapshot = { payload, seconds, evaluations: count };
        writeSnapshot(snapshotPath(path), spec, machine.versions, snapshot);
      } else if (message.kind === 'progress') {
        progress.update(nameOf(spec), message.fraction);
      } else {
        const lines = evaluations.get(spec) ?? [];
        appendToLog(path, { kind: 'end', seconds: message.seconds, evaluations: lines.length });
        removeSnapshot(snapshotPath(path));
        finished++;
        const accuracy = lines.at(-1)?.testAccuracy.toFixed(4);
        progress.finish(nameOf(spec), `accuracy ${accuracy} in ${formatDuration(message.seconds)}`);
      }
    },
  };
}

const headerOf = (
  { experiment, protocol, method, run, config }: RunSpec,
  { backend, seed }: RunStart,
  machine: Pick<LogHeader, 'versions' | 'cores'>,
): LogHeader => ({
  kind: 'run',
  schema: logSchemaVersion,
  experiment,
  protocol,
  method,
  run,
  seed,
  backend: { name: backend.name, reason: backend.reason },
  ...machine,
  configHash: configHash(config),
  config,
});
