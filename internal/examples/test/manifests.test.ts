import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { examples, packages, textOf } from '../src/repository.js';

const { catalog } = parse(textOf('pnpm-workspace.yaml')) as { catalog: Readonly<Record<string, string>> };
const rows = textOf('examples/README.md')
  .split('\n')
  .filter((line) => line.startsWith('|'));

interface Manifest {
  readonly name: string;
  readonly private: boolean;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

test.each(examples)('%s has a README and a row, and pins what it installs', (name) => {
  const manifest = JSON.parse(textOf(`examples/${name}/package.json`)) as Manifest;
  expect(manifest).toMatchObject({ name, private: true, type: 'module' });
  expect(textOf(`examples/${name}/README.md`)).toMatch(/^# \S.*\n\n\S/);
  expect(rows.filter((row) => row.includes(`](${name})`))).toHaveLength(1);
  for (const [dependency, version] of Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
  })) {
    const [, own] = /^@metadistill\/(.*)$/.exec(dependency) ?? [];
    if (own !== undefined) expect(packages).toContain(own);
    expect(version, dependency).toMatch(own !== undefined ? /^latest$/ : /^\d+\.\d+\.\d+$/);
    if (catalog[dependency] !== undefined) expect(version, dependency).toBe(catalog[dependency]);
  }
});
