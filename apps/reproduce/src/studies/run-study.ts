import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '../logs/lock-file.js';
import { writeWholeFile } from '../logs/write-whole-file.js';
import { shareParts } from './share-parts.js';
import type { Study, StudyOptions, StudyPart, StudyRecord } from './study.js';
import { makePartFolder, partPath, readPart } from './study-log.js';

/**
 * Computes the parts of a study that are not logged yet, then writes its table and figures beside the logs.
 *
 * Several processes may work on one folder: each takes parts that nobody has, and waits for those that others compute.
 *
 * @returns the table and figures by file name; none if parts are missing that the report cannot do without.
 * @throws the signal's reason if it aborts: parts that were finished are logged, and not computed again. Before
 * anything starts, Error if a log is in the way that is of another configuration, RangeError if a pattern fits no part.
 */
export async function runStudy(
  study: Study,
  options: StudyOptions,
): Promise<Readonly<Record<string, string>>> {
  const { folder, fresh, reportOnly = false, signal } = options;
  const { parts: partsOf, render, rendersPartially = false } = await study.load();
  const parts = partsOf(options.starts);
  const chosen = choose(parts, options.only ?? []);
  if (fresh && !reportOnly) for (const part of chosen) await removePart(folder, part);
  const records = new Map<string, readonly StudyRecord[]>();
  const isKnown = (part: StudyPart): boolean => {
    const found = records.get(part.name) ?? readPart(folder, part);
    if (found) records.set(part.name, found);
    return found !== undefined;
  };
  const unknown = parts.filter((part) => !isKnown(part));
  const todo = reportOnly ? [] : chosen.filter((part) => unknown.includes(part));
  const progress = options.progress(todo.length);
  progress.note(`${study.name}: ${todo.length} of ${parts.length} parts to do`);
  try {
    await shareParts(todo, { folder, records, isKnown, progress, signal });
  } finally {
    progress.stop();
  }
  const missing = parts.filter((part) => !isKnown(part));
  if (missing.length > 0 && !rendersPartially) return {};
  const files = render((name) => {
    if (!parts.some((part) => part.name === name)) {
      throw new Error(`internal: the study has no part '${name}'.`);
    }
    return records.get(name) ?? [];
  });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeWholeFile(join(folder, name), text);
  return files;
}

/** Deletes what `--fresh` is to replace; what another process owns is as fresh as can be. */
async function removePart(folder: string, part: StudyPart): Promise<void> {
  makePartFolder(folder, part);
  const path = partPath(folder, part);
  const lock = await lockFile(path);
  if (!lock) return;
  rmSync(path, { force: true });
  await lock.release();
}

/** The parts that a pattern fits, in their order; all of them if there is no pattern. */
function choose(parts: readonly StudyPart[], patterns: readonly string[]): readonly StudyPart[] {
  const useless = patterns.find((pattern) => !parts.some(({ name }) => fits(name, pattern)));
  if (useless !== undefined) {
    throw new RangeError(
      `--only: no part is called '${useless}'; expected the name of a part or its beginning, such as ` +
        `'${parts[0]?.name}', with * for any one level of it.`,
    );
  }
  return patterns.length === 0
    ? parts
    : parts.filter(({ name }) => patterns.some((pattern) => fits(name, pattern)));
}

/** Whether a part's name begins with the levels of a pattern, of which `*` is any. */
function fits(name: string, pattern: string): boolean {
  const levels = name.split('/');
  return pattern.split('/').every((level, depth) => level === '*' || level === levels[depth]);
}
