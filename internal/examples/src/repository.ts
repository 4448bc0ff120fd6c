import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder; ends in `/`. */
export const root: string = fileURLToPath(new URL('../../../', import.meta.url));

/** The text of a file at a path from the root. */
export const textOf = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

const foldersOf = (path: string): string[] =>
  readdirSync(`${root}${path}`, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entry.name !== 'node_modules' ? [entry.name] : [],
  );

/** The folders of `examples/`. */
export const examples: readonly string[] = foldersOf('examples');

/** The folders of `packages/`. */
export const packages: readonly string[] = foldersOf('packages');
