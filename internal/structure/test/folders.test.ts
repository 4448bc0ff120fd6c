import { expect, test } from 'vitest';
import { repositoryFiles } from '../src/repository.js';

const most = 20;

test(`no folder has more than ${most} files, tests counted`, () => {
  const counts = new Map<string, number>();
  for (const path of repositoryFiles()) {
    // What a program wrote, or a test compares with.
    if (/^results\/|\/(?:generated|fixtures|surface)\//.test(path)) continue;
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  expect(counts.size).toBeGreaterThan(50);
  expect([...counts].filter(([, count]) => count > most)).toEqual([]);
});
