import { expect, test } from 'vitest';
import { readModules } from '../src/modules.js';
import { publishedPackages, textOf } from '../src/repository.js';

const modules = readModules();
const roomOf = (file: string) => file.slice(0, file.lastIndexOf('/'));

/** The file beside an entry, or beneath, that defines what the entry exports by this name. */
const definedIn = (entry: string, name: string) =>
  modules.get(entry)!.imports.find((file) => modules.get(file)?.exports.some((each) => each.name === name))!;

test.each(publishedPackages)(
  'each value that $folder exports is tested by name: in its room, or in test/',
  ({ folder, entries }) => {
    const tests = [...modules.keys()].filter(
      (file) => /\.test\.ts$/.test(file) || file.startsWith(`${folder}/test/`),
    );
    const untested = Object.values(entries).flatMap((entry) =>
      modules.get(entry)!.exports.flatMap(({ name, isType }) => {
        if (isType) return [];
        const file = definedIn(entry, name);
        const own = tests.filter(
          (each) => roomOf(each) === roomOf(file) || each.startsWith(`${folder}/test/`),
        );
        const named = new RegExp(`\\b${name}\\b`);
        return own.some((each) => !each.endsWith('readme.test.ts') && named.test(textOf(each)))
          ? []
          : [`${name}: ${file.replace(/\.ts$/, '.test.ts')}`];
      }),
    );
    expect(untested, 'write a test for each beside its file').toEqual([]);
  },
);
