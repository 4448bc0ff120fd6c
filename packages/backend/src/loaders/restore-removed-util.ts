interface LegacyUtil {
  isNullOrUndefined?: (value: unknown) => boolean;
  isArray?: (value: unknown) => boolean;
}

/**
 * Puts back the two functions of Node's `util` that Node 23 removed and that tfjs-node 4.22 calls in every
 * operation. Does nothing if they are still there.
 */
export function restoreRemovedUtil(): void {
  const util = globalThis.process?.getBuiltinModule?.('node:util') as LegacyUtil | undefined;
  if (!util) return;
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
