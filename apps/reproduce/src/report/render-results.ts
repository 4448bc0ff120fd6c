import { join } from 'node:path';
import { nearest } from '@metadistill/options';
import { findLogs, type UnusableLog } from '../logs/find-logs.js';
import type { Environment } from '../runs/environment.js';
import { shownPath } from '../terminal/shown-path.js';
import { type AggregateOptions, aggregate, type ResultRow } from './aggregate.js';
import { authorsMethods, authorsRuns } from './authors-logs.js';
import { formatTables } from './table.js';

/** The table of a results folder, as rows and as Markdown, and the logs that are not in it, their paths as printed. */
export interface Results {
  readonly rows: readonly ResultRow[];
  readonly text: string;
  readonly unfinished: readonly UnusableLog[];
}

/** Where logs lie; absolute. */
export interface ResultsFolders {
  readonly results: string;
  /** Committed logs, for the methods that `results` lacks. */
  readonly reference?: string;
}

export interface RenderOptions extends Omit<AggregateOptions, 'reference'> {
  /** The only one to tabulate; all if left out. */
  readonly experiment?: string;
}

/**
 * Reads the logs of all experiments, or of one, and tabulates them.
 *
 * @throws RangeError if no finished run is one of the baseline given.
 */
export function renderResults(
  folders: ResultsFolders,
  { experiments, folder }: Environment,
  { experiment, baseline, authors = authorsMethods(authorsRuns), ...options }: RenderOptions = {},
): Results {
  const shown = {
    results: shownPath(folders.results, folder),
    ...(folders.reference !== undefined && { reference: shownPath(folders.reference, folder) }),
  };
  const unfinished: UnusableLog[] = [];
  const logsOf = (path: string) => {
    const found = findLogs(path, experiment);
    for (const each of found.unfinished)
      unfinished.push({ ...each, path: join(shownPath(path, folder), each.path) });
    return found.complete;
  };
  const complete = logsOf(folders.results);
  const reference = folders.reference === undefined ? [] : logsOf(folders.reference);
  const methods = [...new Set([...complete, ...reference].map(({ header }) => header.method))];
  if (baseline !== undefined && methods.length > 0 && !methods.includes(baseline)) {
    throw new RangeError(nearest('baseline', baseline, methods));
  }
  const methodOrder = (name: string, method: string) => {
    const place = experiments.find((known) => known.name === name)?.methods.indexOf(method) ?? -1;
    return place < 0 ? Number.MAX_SAFE_INTEGER : place;
  };
  const rows = aggregate(complete, methodOrder, {
    ...options,
    authors,
    reference,
    ...(baseline !== undefined && { baseline }),
  });
  return { rows, unfinished, text: formatTables(rows, shown, experiments) };
}
