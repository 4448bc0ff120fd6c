import { existsSync, readFileSync, rmSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { LogHeader } from '../logs/log-schema.js';
import { writeWholeFile } from '../logs/write-whole-file.js';
import { configDifference, configHash } from './config.js';
import type { RunSpec } from './experiment.js';

/** Where an unfinished run stands: what its worker needs to resume, and how much of its log belongs to it. */
export interface RunSnapshot {
  /** The worker's own. */
  readonly payload: Uint8Array;
  /** Evaluations logged before it. */
  readonly evaluations: number;
  /** Seconds computed before it. */
  readonly seconds: number;
}

interface SnapshotFile extends RunSnapshot {
  readonly schema: number;
  readonly versions: LogHeader['versions'];
  readonly config: LogHeader['config'];
}

/** Raised when the file or a payload of the old form can no longer be resumed. */
const snapshotSchemaVersion = 2;

/** Beside the log: `run-03.snapshot`. */
export const snapshotPath = (logPath: string): string => logPath.replace(/\.jsonl$/, '.snapshot');

/**
 * Writes a snapshot over the one before, in one step: a kill leaves the one or the other.
 *
 * @param versions of what computes.
 */
export function writeSnapshot(
  path: string,
  spec: RunSpec,
  versions: LogHeader['versions'],
  snapshot: RunSnapshot,
): void {
  const file: SnapshotFile = { schema: snapshotSchemaVersion, versions, config: spec.config, ...snapshot };
  writeWholeFile(path, serialize(file));
}

/**
 * The snapshot of a run, if there is one.
 *
 * @param versions of what is to resume it: others may round differently.
 * @throws Error if it is damaged, or of other versions or another configuration, naming what differs.
 */
export function readSnapshot(
  path: string,
  spec: RunSpec,
  versions: LogHeader['versions'],
): RunSnapshot | undefined {
  if (!existsSync(path)) return undefined;
  const refuse = (why: string) =>
    new Error(`${path} cannot be resumed: ${why}. Delete it, or replace the run with --fresh.`);
  let file: SnapshotFile;
  try {
    file = deserialize(readFileSync(path)) as SnapshotFile;
  } catch (cause) {
    throw refuse(`it is damaged (${(cause as Error).message})`);
  }
  if (file.schema !== snapshotSchemaVersion) {
    throw refuse(`its version is ${file.schema}, this program's is ${snapshotSchemaVersion}`);
  }
  const changed = configDifference(file.versions, versions);
  if (changed.length > 0) throw refuse(`it was computed by other versions: ${changed.join('; ')}`);
  if (configHash(file.config) !== configHash(spec.config)) {
    throw refuse(
      `its configuration is another one: ${configDifference(file.config, spec.config).join('; ')}`,
    );
  }
  return { payload: file.payload, evaluations: file.evaluations, seconds: file.seconds };
}

export const removeSnapshot = (path: string): void => rmSync(path, { force: true });
