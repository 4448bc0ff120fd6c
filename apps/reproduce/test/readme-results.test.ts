import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findLogs } from '../src/logs/find-logs.js';
import { aggregate, type ResultRow } from '../src/report/aggregate.js';
import { paperResults } from '../src/report/paper-results.js';

const root = new URL('../../../', import.meta.url);
const { complete, unfinished } = findLogs(fileURLToPath(new URL('results', root)));
const rows = aggregate(complete, () => 0);

/** The runs of a method; all of them have one configuration. */
function rowOf(experiment: string, protocol: string, method: string): ResultRow | undefined {
  const found = rows.filter(
    (row) => row.experiment === experiment && row.protocol === protocol && row.method === method,
  );
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
}

/** The rows of a document's tables that begin with a method, of so many more cells. */
const tableRows = (document: string, cellCount: number): string[][] =>
  [...readFileSync(new URL(document, root), 'utf8').matchAll(/^\| `([\w-]+)` \|(.*)\|$/gm)]
    .map(([, method, cells]) => [
      method as string,
      ...(cells as string).split('|').map((cell) => cell.trim()),
    ])
    .filter((row) => row.length === 1 + cellCount && row.some((cell) => cell.includes('±')));

const methodsOf = (printed: readonly string[][]) => printed.map(([method]) => method);
const documents = ['README.md', 'docs/results.md'];

test('no committed log is unfinished', () => {
  expect(unfinished).toEqual([]);
});

test('the README shows six methods of each table, the results all that have logs', () => {
  for (const cells of [4, 7]) expect(tableRows('README.md', cells)).toHaveLength(6);
  const logged = (isSynthetic: boolean) =>
    new Set(
      rows
        .filter(({ experiment }) => (experiment === 'synthetic') === isSynthetic)
        .map(({ method }) => method),
    );
  expect(new Set(methodsOf(tableRows('docs/results.md', 4)))).toEqual(logged(true));
  expect(new Set(methodsOf(tableRows('docs/results.md', 7)))).toEqual(logged(false));
});

test.each(documents)(
  'every number of the synthetic table of %s comes from the committed logs',
  (document) => {
    const printed = tableRows(document, 4);
    for (const [method, ...cells] of printed) {
      const [published, corrected] = ['published', 'corrected'].map((protocol) =>
        rowOf('synthetic', protocol, method as string),
      ) as [ResultRow, ResultRow];
      expect(cells).toEqual([
        paperOf('synthetic', method as string),
        accuracyOf(published),
        accuracyOf(corrected),
        `${corrected.costMultiple.toFixed(2)}×`,
      ]);
      expect(published.runs).toBe(10);
    }
  },
);

test.each(documents)('every number of the image table of %s comes from the committed logs', (document) => {
  const columns = [
    ['cifar10-small', 'published'],
    ['cifar10-small', 'corrected'],
    ['fashion-mnist', 'corrected'],
    ['cifar10', 'corrected'],
  ] as const;
  const printed = tableRows(document, 7);
  for (const [method, ...cells] of printed) {
    const [smallPublished, ...corrected] = columns.map(([experiment, protocol]) => {
      const row = rowOf(experiment, protocol, method as string);
      return row ? `${accuracyOf(row)} (${row.runs})` : '';
    });
    const [small, fashion, all] = corrected;
    const paper = (experiment: string) => paperOf(experiment, method as string);
    expect(cells).toEqual([
      ...[paper('cifar10-small'), smallPublished, small],
      ...[paper('fashion-mnist'), fashion, paper('cifar10'), all],
    ]);
  }
});

const accuracyOf = ({ meanAccuracy, stdAccuracy }: ResultRow): string =>
  meanAccuracy.toFixed(3) + (stdAccuracy === null ? '' : ` ± ${stdAccuracy.toFixed(3)}`);

function paperOf(experiment: string, method: string): string {
  const result = paperResults[experiment]?.[method];
  if (!result) return '';
  const best = result.max === null ? '' : ` (max ${result.max.toFixed(2)})`;
  return `${result.mean.toFixed(2)}${best}`;
}
