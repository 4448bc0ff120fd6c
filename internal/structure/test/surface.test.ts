import { expect, test } from 'vitest';
import { readModules } from '../src/modules.js';
import { publishedPackages } from '../src/repository.js';

const modules = readModules();

test('finds the published packages', () => {
  expect(publishedPackages.map(({ manifest }) => manifest.name)).toContain('@metadistill/losses');
});

// A change of surface is a change of these files: `npx vitest run internal/structure -u` writes them anew.
test.each(publishedPackages)('$folder exports what surface/ lists', async ({ folder, manifest, entries }) => {
  const lines = Object.entries(entries).flatMap(([entry, file]) => [
    `${manifest.name}${entry.slice(1)}`,
    ...modules.get(file)!.exports.map(({ name, isType }) => `  ${isType ? 'type ' : ''}${name}`),
  ]);
  await expect(
    `${lines.join('\n')}\n`,
    'the surface has changed; if it was meant to, write the list anew: npx vitest run internal/structure -u',
  ).toMatchFileSnapshot(`surface/${folder.split('/')[1]}.txt`);
});
