import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes a file in one step: a kill or a full disk leaves the old one, or none, never a part. */
export function writeWholeFile(path: string, content: Uint8Array | string): void {
  const unfinished = `${path}.tmp`;
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
