import { describe, expect, test } from 'vitest';
import { findCircle } from '../src/find-circle.js';
import { readModules } from '../src/modules.js';
import { type Picture, reachable, readPicture } from '../src/read-picture.js';
import { textOf } from '../src/repository.js';

const modules = readModules();
const architecture = textOf('ARCHITECTURE.md');

/** Imports of the sources, without tests and what serves them alone. */
const sourceImports = [...modules].flatMap(([from, { imports }]) =>
  /\.test\.ts$|^[^/]+\/[^/]+\/test\//.test(from) ? [] : imports.map((to) => ({ from, to })),
);

test('reads all modules and their imports', () => {
  expect(modules.get('packages/trainer/src/distil/run-epochs.ts')?.imports).toContain(
    'packages/trainer/src/train.ts',
  );
  expect(sourceImports).toContainEqual({
    from: 'packages/trainer/src/train.ts',
    to: 'packages/hypergrad/src/index.ts',
  });
  expect(modules.size).toBeGreaterThan(500);
});

test('no module imports itself through others, by a type or by a value', () => {
  const circle = findCircle(new Map([...modules].map(([file, { imports }]) => [file, imports])));
  expect(circle?.join('\n  imports ')).toBeUndefined();
});

describe.each([
  {
    heading: 'Packages',
    // internal/options is part of each package, and internal/ is not drawn.
    nodeOf: (path: string) => /^(?:packages|apps)\/[^/]+(?=\/src\/)/.exec(path)?.[0],
  },
  {
    heading: 'Rooms of the app',
    nodeOf: (path: string) => /^apps\/reproduce\/src\/([^/]+)\//.exec(path)?.[1],
  },
])('the picture $heading of ARCHITECTURE.md', ({ heading, nodeOf }) => {
  const picture = readPicture(architecture, heading);
  const idOf = new Map(
    [...picture.nodes].map(([id, label]) => [label.replace('@metadistill/', 'packages/'), id]),
  );
  const folders = new Set([...modules.keys()].flatMap((path) => nodeOf(path) ?? []));
  const crossings = sourceImports.flatMap(({ from, to }) => {
    const [a, b] = [nodeOf(from), nodeOf(to)];
    return a && b && a !== b ? [{ from, to, a, b }] : [];
  });

  test('has every folder, and no other', () => {
    expect([...idOf.keys()].sort()).toEqual([...folders].sort());
  });

  test('has no circle', () => {
    expect(findCircle(picture.arrows)).toBeUndefined();
  });

  test('has a path of arrows for every import', () => {
    const undrawn = crossings.filter(({ a, b }) => !reachable(picture, idOf.get(a)!).has(idOf.get(b)!));
    expect(undrawn.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('has no arrow without an import', () => {
    const imported = new Set(crossings.map(({ a, b }) => `${idOf.get(a)} --> ${idOf.get(b)}`));
    expect(arrowsOf(picture).filter((arrow) => !imported.has(arrow))).toEqual([]);
  });
});

/** What serves any experiment: it may not know which there are, nor what is made of their logs. */
const generic = /^apps\/reproduce\/src\/(?:runs|logs)\//;
const particular = /^apps\/reproduce\/src\/(?:experiments|report|teacher|studies|commands)\//;

test('runs/ and logs/ of the app know no experiment, report, teacher, study or command', () => {
  const knowing = sourceImports.filter(({ from, to }) => generic.test(from) && particular.test(to));
  expect(knowing.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

function arrowsOf({ arrows }: Picture): string[] {
  return [...arrows].flatMap(([from, targets]) => targets.map((to) => `${from} --> ${to}`));
}
