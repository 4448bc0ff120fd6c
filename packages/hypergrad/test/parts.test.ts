import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { innerOptimizers, oneStepMethods, outerOptimizers, solvers } from './parts.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const index = read('../src/index.ts');
const [, exportsOfReadme = ''] = read('../README.md').split('\n## Exports\n');

/** The values that the index exports from a folder of the sources. */
const exportedFrom = (folder: string): string[] =>
  [...index.matchAll(/export \{([^}]*)\} from '\.\/([^']*)'/g)]
    .filter(([, , path]) => path!.startsWith(folder))
    .flatMap(([, names]) => names!.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));

test.each([
  ['methods/', 'oneStepMethods', oneStepMethods],
  ['inner/', 'innerOptimizers', innerOptimizers],
  ['outer/', 'outerOptimizers', outerOptimizers],
  ['solvers/', 'solvers', solvers],
])('every part of %s is in %s of test/parts.ts, which the tests across draw from', (folder, _, listed) => {
  const settings = ['paperDifference'];
  const parts = exportedFrom(folder).filter((name) => !settings.includes(name));
  expect(parts.length).toBeGreaterThan(0);
  expect(parts.filter((name) => !Object.hasOwn(listed, name))).toEqual([]);
});

test('every exported value has a row in the table Exports of the README', () => {
  const names = exportedFrom('');
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !exportsOfReadme.includes(`\`${name}\``))).toEqual([]);
});
