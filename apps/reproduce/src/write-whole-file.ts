import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file in one step: a kill or a full disk leaves the old one, or none, never a part. */
export function writeWholeFile(path: string, content: Uint8Array | string): void {
  writeFileSync(`${path}.tmp`, content);
  renameSync(`${path}.tmp`, path);
}
