import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes a file in one step: a kill, a full disk or another process leaves the old one, or none, never a part. */
export function writeWholeFile(path: string, content: Uint8Array | string): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
