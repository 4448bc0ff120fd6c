import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { z } from 'zod';
import { type LogHeader, runIdentity } from '../logs/log-schema.js';
import { namingFile } from '../logs/naming-file.js';
import { readRegularFile } from '../logs/read-regular-file.js';
import { type WriteWholeFileOptions, writeWholeFile } from '../logs/write-whole-file.js';
import { configDifference } from './config.js';
import type { RunSpec } from './experiment.js';

/** Where an unfinished run stands: what its worker needs to resume, and how much of its log belongs to it. */
export interface RunSnapshot {
  /** The worker's own. */
  readonly payload: Uint8Array;
  /** Evaluations logged before it. */
  readonly evaluations: number;
  /** SHA-256 of the log before it. */
  readonly logSha256: string;
  /** Seconds computed before it. */
  readonly seconds: number;
}

/** Raised when the file or a payload of the old form can no longer be resumed. */
const snapshotSchemaVersion = 3;

const magic = Buffer.from('metadistill snapshot\n');
const checksumLength = 32;
/** Behind the magic bytes: schema and length of the header as 32-bit numbers, the checksum, the header, the payload. */
const headerStart = magic.length + 8 + checksumLength;

/** Weights and optimizer of any student here, many times over. */
const largestSnapshot = 2 ** 30;

const header = z.strictObject({
  ...runIdentity.shape,
  evaluations: z.int().nonnegative(),
  logSha256: z.hex().length(64),
  seconds: z.number().nonnegative(),
});

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
  { payload, ...position }: RunSnapshot,
  options?: WriteWholeFileOptions,
): void {
  const { experiment, protocol, method, run, config } = spec;
  const identity = { experiment, protocol, method, run, config, versions };
  const headerBytes = Buffer.from(JSON.stringify(header.parse({ ...identity, ...position })));
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(snapshotSchemaVersion, 0);
  numbers.writeUInt32LE(headerBytes.length, 4);
  const checksum = sha256(numbers, headerBytes, payload);
  writeWholeFile(path, Buffer.concat([magic, numbers, checksum, headerBytes, payload]), options);
}

/**
 * The snapshot of a run, if there is one.
 *
 * @param versions of what is to resume it: others may round differently.
 * @throws Error if it is damaged, or of another run, other versions or another configuration, naming what differs.
 */
export function readSnapshot(
  path: string,
  spec: RunSpec,
  versions: LogHeader['versions'],
): RunSnapshot | undefined {
  const refuse = (why: string) =>
    new Error(`${path} cannot be resumed: ${why}. Delete it, or replace the run with --fresh.`);
  const content = readRegularFile(path, largestSnapshot);
  if (!content) return undefined;
  if (content.length < headerStart || !content.subarray(0, magic.length).equals(magic)) {
    throw refuse('it is damaged, or of an earlier version of this program');
  }
  const numbers = content.subarray(magic.length, magic.length + 8);
  const checksum = content.subarray(magic.length + 8, headerStart);
  const rest = content.subarray(headerStart);
  const schema = numbers.readUInt32LE(0);
  if (schema !== snapshotSchemaVersion) {
    throw refuse(`its version is ${schema}, this program's is ${snapshotSchemaVersion}`);
  }
  if (!sha256(numbers, rest).equals(checksum))
    throw refuse('it is damaged: its content does not fit its checksum');
  const headerLength = numbers.readUInt32LE(4);
  const {
    versions: madeBy,
    config,
    ...found
  } = header.parse(JSON.parse(rest.subarray(0, headerLength).toString('utf8')));
  for (const key of ['experiment', 'protocol', 'method', 'run'] as const) {
    if (found[key] !== spec[key])
      throw refuse(`it is of another run: its ${key} is ${found[key]}, not ${spec[key]}`);
  }
  const changed = configDifference(madeBy, versions);
  if (changed.length > 0) throw refuse(`it was computed by other versions: ${changed.join('; ')}`);
  const differing = configDifference(config, spec.config);
  if (differing.length > 0) throw refuse(`its configuration is another one: ${differing.join('; ')}`);
  const { evaluations, logSha256, seconds } = found;
  return { payload: new Uint8Array(rest.subarray(headerLength)), evaluations, logSha256, seconds };
}

/** Deletes a file, if it is there. @throws Error naming the file if it cannot be deleted. */
export const removeFile = (path: string): void => namingFile(path, () => rmSync(path, { force: true }));

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
