import { nearest } from '@metadistill/options';
import { type FoundLogs, findLogs } from '../logs/find-logs.js';
import type { Environment } from '../runs/environment.js';
import { shownPath } from '../terminal/shown-path.js';
import { type AggregateOptions, aggregate, type ResultRow } from './aggregate.js';
import { formatTables } from './table.js';

/** The table of a results folder, as rows and as Markdown, and the logs that are not in it. */
export interface Results {
  readonly rows: readonly ResultRow[];
  readonly text: string;
  readonly unfinished: FoundLogs['unfinished'];
}

/**
 * Reads the logs of all experiments, or of one, and tabulates them.
 *
 * @throws RangeError where no finished run is one of the baseline given.
 */
export function renderResults(
  resultsFolder: string,
  { experiments, folder }: Environment,
  { experiment, baseline, ...options }: AggregateOptions & { readonly experiment?: string } = {},
): Results {
  const { complete, unfinished } = findLogs(resultsFolder);
  const logs = complete.filter(({ header }) => experiment === undefined || header.experiment === experiment);
  const methods = [...new Set(logs.map(({ header }) => header.method))];
  if (baseline !== undefined && logs.length > 0 && !methods.includes(baseline)) {
    throw new RangeError(nearest('baseline', baseline, methods));
  }
  const methodOrder = (name: string, method: string) => {
    const place = experiments.find((known) => known.name === name)?.methods.indexOf(method) ?? -1;
    return place < 0 ? Number.MAX_SAFE_INTEGER : place;
  };
  const rows = aggregate(logs, methodOrder, { ...options, ...(baseline !== undefined && { baseline }) });
  return { rows, unfinished, text: formatTables(rows, shownPath(resultsFolder, folder), experiments) };
}
