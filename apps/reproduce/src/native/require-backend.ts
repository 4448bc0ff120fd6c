import type { BackendChoice, SelectBackendOptions } from '@metadistill/backend';
import { chooseBackend } from './choose-backend.js';

/** `chooseBackend` where no other may take the place of one that was asked for. @throws Error if it does not load. */
export async function requireBackend(options: SelectBackendOptions): Promise<BackendChoice> {
  const { prefer = 'auto' } = options;
  const backend = await chooseBackend(options);
  if (prefer === 'auto' || backend.name === prefer) return backend;
  throw new Error(`${prefer} does not load: ${backend.reason}`);
}
