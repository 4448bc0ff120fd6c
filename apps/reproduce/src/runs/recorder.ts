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
  /**
   * Hears one run, which throws if its log cannot be written.
   *
   * @param snapshot - where an earlier try of the run stopped; its log is taken up there.
   */
  listener(spec: RunSpec, snapshot: RunSnapshot | undefined): (message: RunMessage) => void;
  /** How many runs have ended. */
  finished(): number;
}

/** A run in words: `synthetic published gradient run 03`. */
export const nameOf = ({ experiment, protocol, method, run }: RunSpec): string =>
  `${experiment} ${protocol} ${method} run ${String(run).padStart(2, '0')}`;

/**
 * @param resultsFolder - absolute.
 * @param machine - what every header says of where it was computed.
 */
export function createRecorder(
  resultsFolder: string,
  machine: Pick<LogHeader, 'versions' | 'cores'>,
  progress: Progress,
): Recorder {
  const backends = new Set<string>();
  let finished = 0;
  return {
    finished: () => finished,
    listener(spec, snapshot) {
      const path = join(resultsFolder, logPath(spec));
      let evaluations: EvaluationLine[] = [];
      return (message) => {
        if (message.kind === 'begin') {
          if (snapshot) evaluations = resumeLog(path, snapshot.evaluations, message);
          else startLog(path, headerOf(spec, message, machine));
          const { name, reason } = message.backend;
          if (!backends.has(name)) progress.note(`backend ${name}: ${reason}`);
          backends.add(name);
        } else if (message.kind === 'evaluation') {
          const line: EvaluationLine = { kind: 'eval', seconds: message.seconds, ...message.evaluation };
          appendToLog(path, line);
          evaluations.push(line);
        } else if (message.kind === 'snapshot') {
          const { payload, seconds } = message;
          writeSnapshot(snapshotPath(path), spec, machine.versions, {
            payload,
            seconds,
            evaluations: evaluations.length,
          });
        } else if (message.kind === 'progress') {
          progress.update(nameOf(spec), message.fraction);
        } else {
          appendToLog(path, { kind: 'end', seconds: message.seconds, evaluations: evaluations.length });
          removeSnapshot(snapshotPath(path));
          finished++;
          const accuracy = evaluations.at(-1)?.testAccuracy.toFixed(4);
          progress.finish(nameOf(spec), `accuracy ${accuracy} in ${formatDuration(message.seconds)}`);
        }
      };
    },
  };
}

const headerOf = (
  { experiment, protocol, method, run, config }: RunSpec,
  { backend, seed, data }: RunStart,
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
  data,
  configHash: configHash(config),
  config,
});
