import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { aggregate, type ResultRow } from './aggregate.js';
import { findLogs } from './find-logs.js';

const root = new URL('../../../', import.meta.url);

test("every number of the README's results table comes from the committed logs", () => {
  const { complete, unfinished } = findLogs(fileURLToPath(new URL('results', root)));
  expect(unfinished).toEqual([]);
  const rows = aggregate(complete, () => 0).filter(({ experiment }) => experiment === 'synthetic');
  const printed = [...readFileSync(new URL('README.md', root), 'utf8').matchAll(/^\| `([\w-]+)` \|(.*)\|$/gm)]
    .filter(([, , cells]) => cells?.includes('±'))
    .map(([, method, cells]) => [method, ...(cells as string).split('|').map((cell) => cell.trim())]);
  expect(printed.length).toBe(rows.length / 2);
  for (const [method, paper, ...cells] of printed) {
    const row = (protocol: string) =>
      rows.find((each) => each.method === method && each.protocol === protocol) as ResultRow;
    const { paperMean, paperMax } = row('published');
    const best = paperMax === null ? '' : ` (max ${paperMax.toFixed(2)})`;
    expect(paper).toBe(paperMean === null ? '' : `${paperMean.toFixed(2)}${best}`);
    expect(cells).toEqual([
      accuracyOf(row('published')),
      accuracyOf(row('corrected')),
      `${row('corrected').costMultiple.toFixed(2)}×`,
    ]);
    expect(row('published').runs).toBe(10);
  }
});

const accuracyOf = ({ meanAccuracy, stdAccuracy }: ResultRow) =>
  `${meanAccuracy.toFixed(3)} ± ${stdAccuracy.toFixed(3)}`;
