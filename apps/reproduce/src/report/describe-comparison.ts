import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findLogs } from '../logs/find-logs.js';
import { logPath } from '../logs/log.js';
import type { Environment } from '../runs/environment.js';
import type { Experiment, RunSpec } from '../runs/experiment.js';
import { shownPath } from '../terminal/shown-path.js';
import { compareWithReference } from './compare-with-reference.js';
import { renderComparison, restore } from './render-comparison.js';

/**
 * How the runs of a command compare with the committed ones, in words.
 *
 * @param runs - what the command was to run; other runs in the folder are not compared.
 * @param results - the folder that has their logs.
 * @returns undefined if the logs are the committed ones themselves, whatever path leads there.
 */
export function describeComparison(
  { name, withoutReference }: Pick<Experiment, 'name' | 'withoutReference'>,
  runs: readonly RunSpec[],
  results: string,
  { reference, folder }: Pick<Environment, 'reference' | 'folder'>,
): string | undefined {
  if (isSame(join(results, name), join(reference, name))) return undefined;
  if (withoutReference !== undefined) {
    return `${name} has no committed reference to be compared with: ${withoutReference}.`;
  }
  for (const path of [reference, join(reference, name)]) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) continue;
    const shown = shownPath(path, folder);
    return `Not compared with the committed reference: ${shown} is ${found ? 'not a folder' : 'missing'}. ${restore(shown)}`;
  }
  const paths = new Set(runs.map(logPath));
  const computed = findLogs(results, name).complete.filter(({ header }) => paths.has(logPath(header)));
  return renderComparison(
    compareWithReference(computed, findLogs(reference, name)),
    shownPath(reference, folder),
  );
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync.native(one) === realpathSync.native(other);
  } catch {
    return false; // One of them is missing.
  }
}
