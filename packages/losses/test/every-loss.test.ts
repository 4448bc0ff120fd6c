import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { everyFeatureLoss, everyLogitLoss } from './every-loss.js';
import { exportedFunctions, isFeatureLoss, isLogitLoss } from './exported-functions.js';

const exported = exportedFunctions();
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = readme.split('\n').filter((line) => line.startsWith('| `'));

test.each(exported.filter(isLogitLoss))(
  '$name is in the list that the tests across losses draw from',
  ({ name }) => {
    expect(
      everyLogitLoss.some(({ factory }) => factory === name),
      `${name} is exported, and not in everyLogitLoss of packages/losses/test/every-loss.ts: add a row with the ranges of its metaparameters`,
    ).toBe(true);
  },
);

test.each(exported.filter(isFeatureLoss))(
  '$name is in the list that the tests across feature losses draw from',
  ({ name }) => {
    expect(
      everyFeatureLoss.some(({ factory }) => factory === name),
      `${name} is exported, and not in everyFeatureLoss of packages/losses/test/every-loss.ts: add a row`,
    ).toBe(true);
  },
);

test.each(exported)('$name has a row in the README', ({ name }) => {
  expect(
    rows.some((row) => row.split('|')[1]!.includes(`\`${name}\``)),
    `${name} is exported, and in no row of the table of packages/losses/README.md`,
  ).toBe(true);
});

describe.each(everyLogitLoss.map((each) => [each.loss.name, each] as const))(
  '%s',
  (_, { factory, loss, ranges }) => {
    test('lists a range for each of its metaparameters, and is made by an export', () => {
      expect(Object.keys(ranges).sort()).toEqual([...loss.metaparameters].sort());
      expect(exported.map(({ name }) => name)).toContain(factory);
    });
  },
);

test('no two losses have the same name, which logs tell them by', () => {
  const names = [...everyLogitLoss, ...everyFeatureLoss].map(({ loss }) => loss.name);
  expect(new Set(names).size).toBe(names.length);
});
