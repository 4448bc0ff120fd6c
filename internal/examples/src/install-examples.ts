import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { packages, root } from './repository.js';

/**
 * Copies examples into a temporary folder, with the packed packages installed. The tests' own temporary folder is removed at
 * their end.
 *
 * @returns the folder; each example is in the one of its name.
 */
export async function installExamples(names: readonly string[]): Promise<string> {
  const unbuilt = packages.filter((name) => !existsSync(join(root, 'packages', name, 'dist/index.js')));
  if (unbuilt.length > 0) {
    throw new Error(
      `installExamples: ${unbuilt.join(', ')} is not built; expected dist/. Run npx -y pnpm@10 build.`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  const packed = join(folder, 'packed');
  await pnpm(root, '--filter', './packages/*', 'pack', '--pack-destination', packed);
  for (const name of names) {
    const isSource = (path: string) => !['node_modules', 'dist'].includes(basename(path));
    cpSync(join(root, 'examples', name), join(folder, name), { recursive: true, filter: isSource });
  }
  // Ours come from the files, whoever asks for them; the rest from the registry, as for any user.
  const overrides = Object.fromEntries(
    readdirSync(packed).map((file) => [
      file.replace(/^metadistill-(\w+)-.*$/, '@metadistill/$1'),
      `file:${join(packed, file)}`,
    ]),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  writeFileSync(
    join(folder, 'pnpm-workspace.yaml'),
    stringify({ packages: names, autoInstallPeers: false, overrides }),
  );
  await pnpm(folder, 'install', '--prefer-offline', '--ignore-scripts', '--no-frozen-lockfile');
  return folder;
}

/** The pnpm that runs the tests, else the one that the README names. */
async function pnpm(cwd: string, ...given: readonly string[]): Promise<void> {
  const running = process.env.npm_execpath;
  const [command, ...leading] =
    running && /pnpm/.test(running) ? [process.execPath, running] : ['npx', '-y', 'pnpm@10'];
  await run(command!, [...leading, ...given], { cwd });
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed to standard output.
 * @throws Error with all that it printed if it fails.
 */
export async function run(
  command: string,
  given: readonly string[],
  { cwd, env }: RunOptions,
): Promise<string> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
  try {
    return (await promisify(execFile)(command, [...given], options)).stdout;
  } catch (error) {
    const { message, stdout } = error as Error & { stdout: string };
    throw new Error(`${message}\n${stdout}`, { cause: error });
  }
}
