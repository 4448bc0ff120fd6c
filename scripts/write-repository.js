// Writes the repository's address, which the root package.json alone sets (`repository.url`), into every package that is
// published: npm shows it, and provenance is refused without it. Part of `pnpm release`, and nothing that it writes is
// committed. It refuses an address that is missing, or that is not the one that the release runs in.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The address that a root folder sets. */
export function repositoryOf(root, runsIn = process.env.GITHUB_REPOSITORY) {
  const { url } = read(join(root, 'package.json')).repository ?? {};
  const name = /^https:\/\/github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url ?? '')?.[1];
  if (!name) {
    throw new Error(
      `write-repository: repository.url is ${JSON.stringify(url)}; expected https://github.com/OWNER/NAME. Set it in the root package.json.`,
    );
  }
  if (runsIn && runsIn !== name) {
    throw new Error(
      `write-repository: repository.url names ${name}; expected ${runsIn}, where this runs. Correct it in the root package.json.`,
    );
  }
  return `https://github.com/${name}`;
}

/** Writes `repository`, `homepage` and `bugs` into the package.json of each folder of packages/. */
export function writeRepository(root, runsIn) {
  const address = repositoryOf(root, runsIn);
  for (const name of readdirSync(join(root, 'packages'))) {
    const file = join(root, 'packages', name, 'package.json');
    const manifest = {
      ...read(file),
      homepage: `${address}/tree/main/packages/${name}#readme`,
      bugs: `${address}/issues`,
      repository: { type: 'git', url: `git+${address}.git`, directory: `packages/${name}` },
    };
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  try {
    if (process.argv.includes('--check')) repositoryOf(root);
    else writeRepository(root);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
