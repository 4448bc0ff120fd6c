import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryOf, writeRepository } from '../../../scripts/write-repository.js';
import { publishedPackages, repositoryFiles, root, textOf } from '../src/repository.js';

const manifest = JSON.parse(textOf('package.json')) as {
  engines: { node: string };
  scripts: Record<string, string>;
};

test.each(publishedPackages)('$folder says what npm shows and needs', ({ manifest: published }) => {
  expect(published.description).toMatch(/^[A-Z].{20,120}\.$/);
  expect(published.keywords).toEqual(expect.arrayContaining([expect.any(String)]));
  expect(published.license).toBe('MIT');
  expect(published.engines).toEqual(manifest.engines);
  expect(published.publishConfig).toEqual({ access: 'public', provenance: true });
  // The address has one place: the root package.json.
  expect([published.repository, published.homepage, published.bugs]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe('the address of the repository', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'front-door-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const setAddress = (url: string) =>
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ repository: { url } }));

  test.each(['', 'github.com/a/b', 'https://github.com/a', 'https://example.com/a/b'])(
    'refuses %j and writes nothing',
    (url) => {
      setAddress(url);
      expect(() => writeRepository(folder)).toThrow(
        /repository\.url is ".*"; expected https:\/\/github\.com\/OWNER\/NAME\. Set it in the root package\.json\./,
      );
    },
  );

  test('refuses to release from another repository than the one that is named', () => {
    setAddress('https://github.com/a/b.git');
    expect(() => repositoryOf(folder, 'c/b')).toThrow('repository.url names a/b; expected c/b');
    expect(repositoryOf(folder, 'a/b')).toBe('https://github.com/a/b');
  });

  test('goes into every package, with its folder', () => {
    setAddress('https://github.com/a/b');
    for (const { folder: source } of publishedPackages) {
      mkdirSync(join(folder, source), { recursive: true });
      cpSync(join(root, source, 'package.json'), join(folder, source, 'package.json'));
    }
    writeRepository(folder, 'a/b');
    for (const { folder: target, manifest: before } of publishedPackages) {
      expect(JSON.parse(readFileSync(join(folder, target, 'package.json'), 'utf8'))).toEqual({
        ...before,
        repository: { type: 'git', url: 'git+https://github.com/a/b.git', directory: target },
        homepage: `https://github.com/a/b/tree/main/${target}#readme`,
        bugs: 'https://github.com/a/b/issues',
      });
    }
  });

  test('is written before anything is published', () => {
    expect(manifest.scripts.release).toMatch(/^node scripts\/write-repository\.js && .*changeset publish$/);
    const steps = workflow('release').jobs.release!.steps;
    const at = (command: string) => steps.findIndex(({ run }) => run === command);
    const publishing = steps.findIndex(({ uses }) => uses?.startsWith('changesets/action@'));
    expect(at('node scripts/write-repository.js --check')).toBeGreaterThan(-1);
    expect(at('node scripts/write-repository.js --check')).toBeLessThan(at('.ci/run'));
    expect(at('.ci/run')).toBeLessThan(publishing);
    expect(steps[publishing]?.with?.publish).toBe('npx -y pnpm@10 release');
  });
});

test('CI runs the gate on every Node line that the packages support', () => {
  const { strategy, steps } = workflow('ci').jobs.gate!;
  expect(strategy?.matrix.node).toEqual([20, 22, 24]);
  expect(manifest.engines.node).toMatch(/^>=20\./);
  expect(steps.at(-1)?.run).toBe('.ci/run');
});

test.each(repositoryFiles().filter((path) => /^\.github\/ISSUE_TEMPLATE\/(?!config).*\.yml$/.test(path)))(
  '%s is a form that GitHub accepts',
  (path) => {
    const { name, description, body } = parse(textOf(path)) as {
      name: string;
      description: string;
      body: { type: string; id: string; attributes: { label: string } }[];
    };
    expect([name, description].every((text) => text.length > 10)).toBe(true);
    for (const { type, id, attributes } of body) {
      expect(type).toMatch(/^(textarea|input|checkboxes|dropdown)$/);
      expect(id).toMatch(/^[\w-]+$/);
      expect(attributes.label).not.toBe('');
    }
    expect(new Set(body.map(({ id }) => id)).size).toBe(body.length);
  },
);

interface Job {
  readonly strategy?: { readonly matrix: { readonly node: number[] } };
  readonly steps: readonly { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

function workflow(name: string): { readonly jobs: Readonly<Record<string, Job>> } {
  return parse(textOf(`.github/workflows/${name}.yml`));
}
