import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeWholeFile } from '../logs/write-whole-file.js';
import { configDifference } from '../runs/config.js';
import { versions } from '../runs/versions.js';
import type { StudyPart, StudyRecord } from './study.js';

/** Raised when a log of the old form can no longer be read as one of the new. */
const schema = 1;

const value = z.union([z.number(), z.string(), z.boolean(), z.array(z.union([z.number(), z.string()]))]);
const header = z.object({
  kind: z.literal('study'),
  schema: z.literal(schema),
  part: z.string(),
  config: z.record(z.string(), value),
  versions: z.record(z.string(), z.string()),
});
const record = z.record(z.string(), z.union([z.number(), z.string()]));

const pathOf = (folder: string, { name }: Pick<StudyPart, 'name'>): string => join(folder, `${name}.jsonl`);

/**
 * The records of a part that was computed before; undefined if it was not.
 *
 * @throws Error if the log is damaged, or of another version or configuration, naming what differs.
 */
export function readPart(folder: string, part: StudyPart): StudyRecord[] | undefined {
  const path = pathOf(folder, part);
  if (!existsSync(path)) return undefined;
  const refuse = (why: string) =>
    new Error(`${path} ${why}. Name another folder with --results, or replace the study with --fresh.`);
  const [first, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  let found: z.infer<typeof header>;
  let records: StudyRecord[];
  try {
    found = header.parse(JSON.parse(first as string));
    records = lines.map((line) => record.parse(JSON.parse(line)));
  } catch {
    throw refuse('is not a log of a study of this version');
  }
  const differing = configDifference(found.config, part.config);
  if (differing.length > 0) throw refuse(`has another configuration: ${differing.join('; ')}`);
  return records;
}

/** Logs a part, all at once: a log that is there is complete. */
export function writePart(folder: string, part: StudyPart, records: readonly StudyRecord[]): void {
  const path = pathOf(folder, part);
  mkdirSync(dirname(path), { recursive: true });
  const first = header.parse({
    kind: 'study',
    schema,
    part: part.name,
    config: part.config,
    versions: versions(),
  });
  const lines = [first, ...records].map((line) => `${JSON.stringify(line)}\n`);
  writeWholeFile(path, lines.join(''));
}
