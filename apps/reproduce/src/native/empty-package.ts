import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const name = 'metadistill-native';

/**
 * Makes a folder an npm package of ours without dependencies.
 *
 * @throws Error if the folder holds something else, which is left as it is.
 */
export function emptyPackage(folder: string): void {
  expectOurs(folder);
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, private: true })}\n`);
}

/** Makes a folder an npm package of ours where it is not one yet; keeps what is installed there. */
export function ensurePackage(folder: string): void {
  if (!existsSync(join(folder, 'package.json'))) emptyPackage(folder);
  expectOurs(folder);
}

function expectOurs(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  const file = join(folder, 'package.json');
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === name) return;
  throw new Error(
    `${folder} holds something else; expected an empty folder, or one that this command made. ` +
      'Name another one in METADISTILL_NATIVE.',
  );
}
