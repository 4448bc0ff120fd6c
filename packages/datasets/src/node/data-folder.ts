import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where data sets are kept: `$METADISTILL_DATA`, else `~/.cache/metadistill`. */
export function dataFolder(environment: Environment = process.env): string {
  return environment.METADISTILL_DATA || join(homedir(), '.cache', 'metadistill');
}
