import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where systems look for the folder of temporary files. */
const variables = ['TMPDIR', 'TEMP', 'TMP'];

/** Gives a run of the tests a temporary folder of its own, and removes it with all that they left there. */
export default function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'metadistill-tests-'));
  for (const name of variables) process.env[name] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
