import { relative } from 'node:path';
import { aggregate, type ResultRow } from './aggregate.js';
import type { Environment } from './environment.js';
import { type FoundLogs, findLogs } from './find-logs.js';
import { formatTables } from './table.js';

/** The table of a results folder, as rows and as Markdown, and the logs that are not in it. */
export interface Results {
  readonly rows: readonly ResultRow[];
  readonly text: string;
  readonly unfinished: FoundLogs['unfinished'];
}

/** Reads the logs of all experiments, or of one, and tabulates them. */
export function renderResults(
  resultsFolder: string,
  { experiments, folder }: Environment,
  experiment?: string,
): Results {
  const { complete, unfinished } = findLogs(resultsFolder);
  const logs = complete.filter(({ header }) => experiment === undefined || header.experiment === experiment);
  const rows = aggregate(logs, (name, method) => {
    const place = experiments.find((known) => known.name === name)?.methods.indexOf(method) ?? -1;
    return place < 0 ? Number.MAX_SAFE_INTEGER : place;
  });
  return { rows, unfinished, text: formatTables(rows, relative(folder, resultsFolder) || '.', experiments) };
}
