import { createHash } from 'node:crypto';
import type { LogHeader } from './log-schema.js';

/** The first 12 hexadecimal digits of the SHA-256 of the configuration as JSON with sorted keys. */
export function configHash(config: LogHeader['config']): string {
  const canonical = JSON.stringify(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(canonical).digest('hex').slice(0, 12);
}
