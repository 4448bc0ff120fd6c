import { join } from 'node:path';
import { configHash } from '../logs/config-hash.js';
import type { FileLock } from '../logs/lock-file.js';
import { logPath, readLog } from '../logs/log.js';
import { type LogHeader, logSchemaVersion } from '../logs/log-schema.js';
import { type LogWriter, resumeLog, startLog } from '../logs/log-writer.js';
import type { WriteWholeFileOptions } from '../logs/write-whole-file.js';
import { formatDuration } from '../terminal/duration.js';
import type { Progress } from '../terminal/progress.js';
import type { RunSpec, RunStart } from './experiment.js';
import type { RunMessage } from './run-message.js';
import { type RunSnapshot, removeFile, snapshotPath, writeSnapshot } from './snapshot-file.js';

/** Turns what runs tell into logs and progress. */
export interface Recorder {
  /**
   * Records one run, which belongs to this process.
   *
   * @param snapshot - where an earlier try of the run stopped; its log is taken up there.
   * @param lock - of the run's log.
   */
  record(spec: RunSpec, snapshot: RunSnapshot | undefined, lock: Pick<FileLock, 'check'>): RunRecord;
  /** How many runs have ended. */
  finished(): number;
}

/** What one run tells. */
export interface RunRecord {
  /** @throws LostLockError if the run belongs to another process by now; Error naming the file that cannot be written. */
  hear(message: RunMessage): void;
  /** Lets go of the log. */
  close(): void;
}

/** A run in words: `synthetic published gradient run 03`. */
export const nameOf = ({ experiment, protocol, method, run }: RunSpec): string =>
  `${experiment} ${protocol} ${method} run ${String(run).padStart(2, '0')}`;

/**
 * @param resultsFolder - absolute.
 * @param machine - what every header says of where it was computed.
 * @param options - of the logs and snapshots.
 */
export function createRecorder(
  resultsFolder: string,
  machine: Pick<LogHeader, 'versions' | 'cores'>,
  progress: Progress,
  options: WriteWholeFileOptions = {},
): Recorder {
  const backends = new Set<string>();
  let finished = 0;
  return {
    finished: () => finished,
    record(spec, snapshot, lock) {
      const path = join(resultsFolder, logPath(spec));
      let log: LogWriter | undefined;
      const begun = () => {
        if (!log) throw new Error('internal: the run did not call begin first.');
        return log;
      };
      return {
        close: () => log?.close(),
        hear(message) {
          if (message.kind === 'progress') {
            progress.update(nameOf(spec), message.fraction);
            return;
          }
          lock.check();
          if (message.kind === 'begin') {
            const { name, reason } = message.backend;
            log = snapshot
              ? resumeLog(path, snapshot, message, options)
              : startLog(path, headerOf(spec, message, machine), options);
            if (!backends.has(name)) progress.note(`backend ${name}: ${reason}`);
            backends.add(name);
          } else if (message.kind === 'evaluation') {
            begun().append({ kind: 'eval', seconds: message.seconds, ...message.evaluation });
          } else if (message.kind === 'snapshot') {
            const { payload, seconds } = message;
            const logSha256 = begun().sync();
            const evaluations = begun().evaluations.length;
            const position = { payload, seconds, evaluations, logSha256 };
            writeSnapshot(snapshotPath(path), spec, machine.versions, position, options);
          } else {
            begun().end(message.seconds);
            checkWhole(path);
            removeFile(snapshotPath(path));
            finished++;
            const accuracy = begun().evaluations.at(-1)?.testAccuracy.toFixed(4);
            progress.finish(nameOf(spec), `accuracy ${accuracy} in ${formatDuration(message.seconds)}`);
          }
        },
      };
    },
  };
}

/** A disk may keep something else than it was given. */
function checkWhole(path: string): void {
  const log = readLog(path);
  if ('unfinished' in log) {
    throw new Error(`${path} does not read back as it was written: ${log.unfinished}. Check the disk.`);
  }
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
  ...(backend.kernels && { kernels: backend.kernels }),
  ...machine,
  data,
  configHash: configHash(config),
  config,
});
