/**
 * Imports an optional peer dependency.
 *
 * @param folder looked into first: a folder that has the package in its `node_modules`. Node only.
 * @throws Error `<name> is not installed` if it is absent, and `<name> does not load: <first line>` if it
 * is there but fails.
 */
export async function importOptional(name: string, folder?: string): Promise<Record<string, unknown>> {
  try {
    // A name that bundlers cannot see: an absent optional package must not break their build.
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ resolveIn(folder, name) ?? name);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = (error as { code?: unknown } | undefined)?.code;
    const absent =
      (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) ||
      message.includes('bare specifier') ||
      message.includes('Could not resolve'); // Vite's words.
    throw new Error(
      absent ? `${name} is not installed` : `${name} does not load: ${message.split('\n', 1)[0]}`,
    );
  }
}

/** The address of a package in a folder's `node_modules`; undefined if it is not there. */
function resolveIn(folder: string | undefined, name: string): string | undefined {
  const builtin = globalThis.process?.getBuiltinModule;
  if (folder === undefined || !builtin) return undefined;
  const { createRequire } = builtin('node:module');
  const { resolve } = builtin('node:path');
  const { pathToFileURL } = builtin('node:url');
  try {
    return pathToFileURL(createRequire(resolve(folder, 'package.json')).resolve(name)).href;
  } catch {
    return undefined;
  }
}
