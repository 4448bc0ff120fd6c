import { expect, test } from 'vitest';
import { readModules } from '../src/modules.js';
import { publishedPackages, textOf } from '../src/repository.js';

const modules = readModules();

test.each(publishedPackages)(
  'each value that $folder exports has a row in its README',
  ({ folder, entries }) => {
    const rows = textOf(`${folder}/README.md`)
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .join('\n');
    const values = Object.values(entries).flatMap((file) => modules.get(file)!.exports);
    const missing = values.filter(({ name, isType }) => !isType && !rows.includes(`\`${name}\``));
    expect(
      missing.map(({ name }) => name),
      `add a row for each to the table of exports in ${folder}/README.md`,
    ).toEqual([]);
  },
);
