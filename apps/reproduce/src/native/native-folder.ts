import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where backends outside the workspace live: `$METADISTILL_NATIVE`, else `.native` beside `pnpm-workspace.yaml`.
 *
 * An ordinary install touches neither; `reproduce native` fills it, `chooseBackend` looks into it.
 */
export function nativeFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return environment.METADISTILL_NATIVE || join(workspaceRoot(), '.native');
}

/** The folder of `pnpm-workspace.yaml`; the current one where there is none above this file. */
export function workspaceRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'pnpm-workspace.yaml'))) {
    const parent = dirname(folder);
    if (parent === folder) return process.cwd();
    folder = parent;
  }
  return folder;
}
