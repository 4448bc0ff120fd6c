import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { experiments } from '../src/experiments/index.js';
import { findLogs } from '../src/logs/find-logs.js';
import { aggregate, type ResultRow } from '../src/report/aggregate.js';
import { authorsMethods, authorsRuns } from '../src/report/authors-logs.js';
import { authorsSeries } from '../src/report/authors-series.js';
import { paperResults } from '../src/report/paper-results.js';

const root = new URL('../../../', import.meta.url);
const { complete, unfinished } = findLogs(fileURLToPath(new URL('results', root)));
const authors = authorsMethods(authorsRuns);
const rows = aggregate(complete, () => 0, { authors });

type Protocol = 'published' | 'corrected';

/** The runs of a method; all of them have one configuration. */
function rowOf(experiment: string, protocol: Protocol, method: string): ResultRow | undefined {
  const found = rows.filter(
    (row) => row.experiment === experiment && row.protocol === protocol && row.method === method,
  );
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
}

/** The methods of an experiment that have logs, or are in the paper, in the order of the command line. */
function methodsOf(experiment: string): readonly string[] {
  const found = new Set([
    ...rows.filter((row) => row.experiment === experiment).map(({ method }) => method),
    ...Object.keys(paperResults[experiment] ?? {}),
    ...Object.keys(authors[experiment] ?? {}),
  ]);
  const order = experiments.find(({ name }) => name === experiment)?.methods ?? [];
  const place = (method: string) => (order.includes(method) ? order.indexOf(method) : order.length);
  return [...found].sort((a, b) => place(a) - place(b));
}

/** The tables below a heading of a document, each as its rows of cells without the header. */
function tablesBelow(document: string, heading: string): string[][][] {
  const text = readFileSync(new URL(document, root), 'utf8');
  const section = text.split(/^(?=#+ )/m).find((part) => part.startsWith(`${heading}\n`));
  expect(section, `${document} has no heading '${heading}'`).toBeDefined();
  const blocks = [...section!.matchAll(/^\|.*\|\n\|[ :|-]+\|\n((?:\|.*\|\n?)*)/gm)];
  return blocks.map(([, body]) => body!.trimEnd().split('\n').map(cellsOf));
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const deviation = (values: readonly number[], mean: number): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const ours = (row: ResultRow | undefined): string =>
  row
    ? `${row.meanAccuracy.toFixed(3)}${row.stdAccuracy === null ? '' : ` ± ${row.stdAccuracy.toFixed(3)}`}`
    : '';
const withRuns = (row: ResultRow | undefined): string => (row ? `${ours(row)} (${row.runs})` : '');

function paperOf(experiment: string, method: string, withBest = true): string {
  const result = paperResults[experiment]?.[method];
  if (!result) return '';
  const best = result.max === null || !withBest ? '' : ` (max ${result.max.toFixed(2)})`;
  return `${result.mean.toFixed(2)}${best}`;
}

const theirs = (accuracies: readonly number[]): string => {
  const mean = meanOf(accuracies);
  return `${mean.toFixed(3)} ± ${deviation(accuracies, mean).toFixed(3)} (${accuracies.length})`;
};

function authorsOf(experiment: string, method: string): string {
  const found = authors[experiment]?.[method];
  return found ? theirs(found.accuracies) : '';
}

test('no committed log is unfinished', () => {
  expect(unfinished).toEqual([]);
});

test('the README shows six methods of each table, as the committed logs have them', () => {
  const [images, synthetic] = tablesBelow('README.md', '## What we found of the paper');
  const columns = [
    ['cifar10-small', 'published'],
    ['cifar10-small', 'corrected'],
    ['fashion-mnist', 'corrected'],
    ['cifar10', 'corrected'],
  ] as const;
  expect(images).toHaveLength(6);
  for (const [name, ...cells] of images!) {
    const method = name!.replaceAll('`', '');
    const [published, small, fashion, all] = columns.map(([experiment, protocol]) =>
      withRuns(rowOf(experiment, protocol, method)),
    );
    const paper = (experiment: string) => paperOf(experiment, method, false);
    expect([name, ...cells]).toEqual([
      name,
      ...[paper('cifar10-small'), published, small],
      ...[paper('fashion-mnist'), fashion, paper('cifar10'), all],
    ]);
  }
  expect(synthetic).toHaveLength(6);
  for (const [name, ...cells] of synthetic!) expect(cells).toEqual(syntheticCells(name!.replaceAll('`', '')));
});

function syntheticCells(method: string): readonly string[] {
  const [published, corrected] = [
    rowOf('synthetic', 'published', method),
    rowOf('synthetic', 'corrected', method),
  ];
  expect(published?.runs).toBe(10);
  return [
    paperOf('synthetic', method),
    ours(published),
    ours(corrected),
    `${corrected!.costMultiple.toFixed(2)}×`,
  ];
}

test('the results have every method of the synthetic experiment', () => {
  const expected = methodsOf('synthetic').map((method) => {
    const [paper, ...rest] = syntheticCells(method);
    return [`\`${method}\``, paper, authorsOf('synthetic', method), ...rest];
  });
  expect(tablesBelow('docs/results.md', '## Synthetic data')).toEqual([expected]);
});

test.each([
  ['cifar10-small', '## Reduced CIFAR-10'],
  ['fashion-mnist', '## Fashion-MNIST'],
  ['cifar10', '## CIFAR-10'],
])('the results have every method of %s', (experiment, heading) => {
  const expected = methodsOf(experiment).map((method) => [
    `\`${method}\``,
    paperOf(experiment, method),
    authorsOf(experiment, method),
    withRuns(rowOf(experiment, 'published', method)),
    withRuns(rowOf(experiment, 'corrected', method)),
  ]);
  expect(tablesBelow('docs/results.md', heading)).toEqual([expected]);
});

test("the results name every file of the authors' logs", () => {
  const expected = Object.entries(authorsRuns).map(([file, { accuracies }]) => {
    const { experiment, method, variant = '' } = authorsSeries(`${file}.jsonl`)!;
    return [`\`${file}\``, experiment, `\`${method}\``, variant, theirs(accuracies), max(accuracies)];
  });
  expect(tablesBelow('docs/results.md', "## The authors' logs")).toEqual([expected]);
});

const max = (accuracies: readonly number[]): string => Math.max(...accuracies).toFixed(3);
