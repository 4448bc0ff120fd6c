import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Study, StudyOptions, StudyRecord } from './study.js';
import { readPart, writePart } from './study-log.js';

/**
 * Computes the parts of a study that are not logged yet, then writes its table and figures beside the logs.
 *
 * @returns the table and figures by file name.
 * @throws the signal's reason if it aborts: parts that were finished are logged, and not computed again. Error
 * before anything starts where a log is in the way that is of another configuration.
 */
export async function runStudy(
  study: Study,
  { starts, folder, fresh, progress: createProgress, signal }: StudyOptions,
): Promise<Readonly<Record<string, string>>> {
  const { parts: partsOf, render } = await study.load();
  const parts = partsOf(starts);
  const records = new Map<string, readonly StudyRecord[]>();
  for (const part of fresh ? [] : parts) {
    const found = readPart(folder, part);
    if (found) records.set(part.name, found);
  }
  const todo = parts.filter(({ name }) => !records.has(name));
  const progress = createProgress(todo.length);
  progress.note(`${study.name}: ${todo.length} of ${parts.length} parts to do`);
  try {
    for (const part of todo) {
      signal.throwIfAborted();
      const computed = await part.compute({
        signal,
        progress: (fraction) => progress.update(part.name, fraction),
      });
      writePart(folder, part, computed);
      records.set(part.name, computed);
      progress.finish(part.name, `${computed.length} records`);
    }
  } finally {
    progress.stop();
  }
  const files = render((name) => {
    const found = records.get(name);
    if (!found) throw new Error(`internal: the study has no part '${name}'.`);
    return found;
  });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return files;
}
