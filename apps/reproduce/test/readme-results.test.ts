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

/** The rows of the README's tables that begin with a method, of so many more cells. */
const tableRows = (cellCount: number): string[][] =>
  [...readFileSync(new URL('README.md', root), 'utf8').matchAll(/^\| `([\w-]+)` \|(.*)\|$/gm)]
    .map(([, method, cells]) => [
      method as string,
      ...(cells as string).split('|').map((cell) => cell.trim()),
    ])
    .filter((row) => row.length === 1 + cellCount && row.some((cell) => cell.includes('±')));

test('no committed log is unfinished', () => {
  expect(unfinished).toEqual([]);
});

test("every number of the README's synthetic table comes from the committed logs", () => {
  const printed = tableRows(4);
  expect(printed.length).toBe(rows.filter(({ experiment }) => experiment === 'synthetic').length / 2);
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
});

test("every number of the README's image table comes from the committed logs, and every method that has logs is there", () => {
  const columns = [
    ['cifar10-small', 'published'],
    ['cifar10-small', 'corrected'],
    ['fashion-mnist', 'corrected'],
    ['cifar10', 'corrected'],
  ] as const;
  const printed = tableRows(7);
  const images = rows.filter(({ experiment }) => experiment !== 'synthetic');
  expect(new Set(printed.map(([method]) => method))).toEqual(new Set(images.map(({ method }) => method)));
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
