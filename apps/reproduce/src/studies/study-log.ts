import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readRegularFile } from '../logs/read-regular-file.js';
import { writeWholeFile } from '../logs/write-whole-file.js';
import { configDifference } from '../runs/config.js';
import { versions } from '../runs/versions.js';
import type { StudyPart, StudyRecord } from './study.js';

/** Raised when a log of the old form can no longer be read as one of the new. Logs of version 1 have no end line. */
const schema = 2;

/** Many times what the longest part has. */
const largestPart = 256 * 2 ** 20;

const value = z.union([z.number(), z.string(), z.boolean(), z.array(z.union([z.number(), z.string()]))]);
const header = z.strictObject({
  kind: z.literal('study'),
  schema: z.union([z.literal(1), z.literal(schema)]),
  part: z.string(),
  config: z.record(z.string(), value),
  versions: z.record(z.string(), z.string()),
});
const record = z.record(z.string(), z.union([z.number(), z.string()]));
const endLine = z.strictObject({
  kind: z.literal('end'),
  records: z.int().nonnegative(),
  /** Of the lines before, and of this one without it. */
  sha256: z.hex().length(64),
});

/** Where a part is logged. */
export const partPath = (folder: string, { name }: Pick<StudyPart, 'name'>): string =>
  join(folder, `${name}.jsonl`);

/**
 * The records of a part that was computed before; undefined if it was not.
 *
 * @throws Error if the log is damaged, or of another part, version or configuration, naming what differs.
 */
export function readPart(folder: string, part: StudyPart): StudyRecord[] | undefined {
  const path = partPath(folder, part);
  const content = readRegularFile(path, largestPart);
  if (!content) return undefined;
  const refuse = (why: string) =>
    new Error(`${path} ${why}. Name another folder with --results, or replace the study with --fresh.`);
  const lines = content.toString('utf8').replace(/\n$/, '').split('\n');
  let found: z.infer<typeof header>;
  let end: z.infer<typeof endLine> | undefined;
  let records: StudyRecord[];
  try {
    found = header.parse(JSON.parse(lines[0] as string));
    const [last, ...before] = lines.slice(1).reverse();
    end = found.schema === schema ? endLine.parse(JSON.parse(last as string)) : undefined;
    records = (end ? before.reverse() : lines.slice(1)).map((line) => record.parse(JSON.parse(line)));
  } catch {
    throw refuse('is not a log of a study of this version, or is damaged');
  }
  if (end) {
    const linesBefore = content.subarray(0, content.length - `${lines.at(-1)}\n`.length);
    const fits = end.records === records.length && end.sha256 === checksum(linesBefore, records.length);
    if (!fits) throw refuse('is damaged: its content does not fit the checksum of its end line');
  } else if (records.some(({ kind }) => kind === 'end')) {
    throw refuse('is damaged: no log of its version has an end line');
  }
  if (found.part !== part.name) throw refuse(`is the log of another part: ${found.part}`);
  const differing = configDifference(found.config, part.config);
  if (differing.length > 0) throw refuse(`has another configuration: ${differing.join('; ')}`);
  return records;
}

/** Logs a part, all at once: a log that is there is complete. */
export function writePart(folder: string, part: StudyPart, records: readonly StudyRecord[]): void {
  const first = header.parse({
    kind: 'study',
    schema,
    part: part.name,
    config: part.config,
    versions: versions(),
  });
  const linesBefore = [first, ...records].map((line) => `${JSON.stringify(line)}\n`).join('');
  const end = { kind: 'end', records: records.length, sha256: checksum(linesBefore, records.length) };
  writeWholeFile(partPath(folder, part), `${linesBefore}${JSON.stringify(endLine.parse(end))}\n`);
}

/** Makes the folder that a part is logged in. */
export const makePartFolder = (folder: string, part: StudyPart): void =>
  void mkdirSync(dirname(partPath(folder, part)), { recursive: true });

const checksum = (linesBefore: Uint8Array | string, records: number): string =>
  createHash('sha256')
    .update(linesBefore)
    .update(JSON.stringify({ kind: 'end', records }))
    .digest('hex');
