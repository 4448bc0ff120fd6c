import { expect, test } from 'vitest';
import { readModules } from '../src/modules.js';
import { publishedPackages, textOf } from '../src/repository.js';

const modules = readModules();

test.each(publishedPackages)(
  'the README of $folder names every function that it exports',
  ({ folder, entries }) => {
    const text = textOf(`${folder}/README.md`).replaceAll(/^```.*?^```$/gms, '');
    const named = new Set([...text.matchAll(/`[^`]*`/g)].flatMap(([code]) => code.match(/[\w$]+/g) ?? []));
    const exported = Object.values(entries).flatMap((file) => modules.get(file)!.exports);
    const missing = exported.filter(({ name, isType }) => !isType && !named.has(name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  },
);
