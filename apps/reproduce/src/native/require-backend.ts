import type { BackendChoice, BackendName, SelectBackendOptions } from '@metadistill/backend';
import { chooseBackend } from './choose-backend.js';

const remedies: Readonly<Record<BackendName, string>> = {
  webgpu: 'Set it up by `npx -y pnpm@10 native webgpu`; it needs the Vulkan driver of a GPU.',
  tensorflow: 'Set it up by `npx -y pnpm@10 native`.',
  webgl: 'It is for pages.',
  wasm: 'Update Node, and install again by `npx -y pnpm@10 install`.',
  cpu: 'Install again by `npx -y pnpm@10 install`.',
};

/**
 * `chooseBackend`, but no other backend may take the place of the one that `--backend` names.
 *
 * @throws Error if it does not load: what was asked, why it does not load, and what to do.
 */
export async function requireBackend(options: SelectBackendOptions): Promise<BackendChoice> {
  const { prefer = 'auto' } = options;
  const backend = await chooseBackend(options);
  if (prefer === 'auto' || backend.name === prefer) return backend;
  const reason = backend.passedOver.find(({ name }) => name === prefer)?.reason;
  throw new Error(
    `--backend is ${prefer}; expected a backend that loads here. Why ${prefer} does not: ${reason}. ${remedies[prefer]} ` +
      'Or leave --backend out, to take the fastest that loads.',
  );
}
