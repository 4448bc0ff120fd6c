import { setTimeout } from 'node:timers/promises';
import { LostLockError, lockFile } from '../logs/lock-file.js';
import type { Progress } from '../terminal/progress.js';
import type { StudyPart, StudyRecord } from './study.js';
import { makePartFolder, partPath, writePart } from './study-log.js';

export interface SharePartsOptions {
  /** Of the study, absolute. */
  readonly folder: string;
  /** By the name of their part; what is computed is added. */
  readonly records: Map<string, readonly StudyRecord[]>;
  /** Whether a part is logged; reads it into the records if it is. */
  readonly isKnown: (part: StudyPart) => boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** How often to look for what other processes have finished or left. */
const pollMs = 500;

/** A part needs what another process still computes. */
class NotYetError extends Error {}

/**
 * Sees to it that parts get computed, together with whatever other processes work on the same folder: computes those that
 * nobody has, one process each, and waits for the others.
 *
 * @throws the signal's reason if it aborts, and what a part throws.
 */
export async function shareParts(parts: readonly StudyPart[], options: SharePartsOptions): Promise<void> {
  const { progress, signal } = options;
  let waiting: readonly StudyPart[] = parts;
  let toldToWait = false;
  while (waiting.length > 0) {
    const elsewhere: StudyPart[] = [];
    for (const part of waiting) {
      signal.throwIfAborted();
      if (!(await computeIfFree(part, elsewhere, options))) elsewhere.push(part);
    }
    if (elsewhere.length === waiting.length) {
      if (!toldToWait) progress.note(`Waiting for ${waiting.length} parts that other processes compute.`);
      toldToWait = true;
      await setTimeout(pollMs);
    }
    waiting = elsewhere;
  }
}

/** @returns whether the part is done; false if another process has it, or something that it needs. */
async function computeIfFree(
  part: StudyPart,
  elsewhere: readonly StudyPart[],
  { folder, records, isKnown, progress, signal }: SharePartsOptions,
): Promise<boolean> {
  makePartFolder(folder, part);
  const lock = await lockFile(partPath(folder, part), { note: progress.note });
  if (!lock) return false;
  try {
    if (isKnown(part)) {
      progress.finish(part.name, 'computed by another process');
      return true;
    }
    const computed = await part.compute({
      signal,
      progress: (fraction) => progress.update(part.name, fraction),
      records(name) {
        if (elsewhere.some((each) => each.name === name)) throw new NotYetError();
        return records.get(name) ?? [];
      },
    });
    lock.check();
    writePart(folder, part, computed);
    records.set(part.name, computed);
    progress.finish(part.name, `${computed.length} records`);
    return true;
  } catch (error) {
    if (error instanceof LostLockError) progress.note(error.message);
    if (error instanceof LostLockError || error instanceof NotYetError) return false;
    throw error;
  } finally {
    await lock.release();
  }
}
