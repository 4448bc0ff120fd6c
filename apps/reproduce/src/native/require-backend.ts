import type { BackendChoice, BackendName } from '@metadistill/backend';
import { chooseBackend } from './choose-backend.js';

/** `chooseBackend` for a command that was told which: no other takes its place. @throws Error where it does not load. */
export async function requireBackend(prefer: 'auto' | BackendName): Promise<BackendChoice> {
  const backend = await chooseBackend({ prefer });
  if (prefer === 'auto' || backend.name === prefer) return backend;
  throw new Error(`${prefer} does not load: ${backend.reason}`);
}
