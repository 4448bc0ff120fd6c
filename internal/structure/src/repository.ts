import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Every file that git tracks or would track, by its path from the root, sorted; deleted files are left out. */
export function repositoryFiles(): string[] {
  const list = (...options: string[]) =>
    execFileSync('git', ['ls-files', '-z', ...options], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
      .split('\0')
      .filter((path) => path !== '');
  const deleted = new Set(list('--deleted'));
  return list('--cached', '--others', '--exclude-standard')
    .filter((path) => !deleted.has(path))
    .sort();
}

/** The text of a file at a path from the root. */
export const textOf = (path: string): string => readFileSync(new URL(path, `file://${root}`), 'utf8');

/** What the structure needs of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly [key: string]: unknown;
}

export interface Workspace {
  /** The folder from the root: `packages/losses`. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** The source file of each entry: `'.'` is `packages/losses/src/index.ts`. */
  readonly entries: Readonly<Record<string, string>>;
}

/** The packages of the monorepo, published or not. */
export const workspaces: readonly Workspace[] = repositoryFiles()
  .filter((path) => /^(packages|internal|apps)\/[^/]+\/package\.json$/.test(path))
  .map((path) => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const manifest = JSON.parse(textOf(path)) as Manifest;
    const sources = Object.entries(manifest.exports ?? {}).flatMap(([entry, target]) => {
      const source = typeof target === 'string' ? target : target['@metadistill/source'];
      return source?.endsWith('.ts') ? [[entry, source.replace('.', folder)]] : [];
    });
    return { folder, manifest, entries: Object.fromEntries(sources) };
  });

export const publishedPackages: readonly Workspace[] = workspaces.filter(
  ({ manifest }) => manifest.private !== true,
);
