/**
 * Imports an optional peer dependency.
 *
 * @throws Error `<name> is not installed` where it is absent, and `<name> does not load: <first line>` where it
 * is there but fails.
 */
export async function importOptional(name: string): Promise<Record<string, unknown>> {
  try {
    // A name that bundlers cannot see: an absent optional package must not break their build.
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = (error as { code?: unknown } | undefined)?.code;
    const absent =
      (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) ||
      message.includes('bare specifier');
    throw new Error(
      absent ? `${name} is not installed` : `${name} does not load: ${message.split('\n', 1)[0]}`,
    );
  }
}
