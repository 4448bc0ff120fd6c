import { expect, test, vi } from 'vitest';
import { requireBackend } from './require-backend.js';

// Nothing is set up there, and no optional peer is a dependency of this workspace.
vi.stubEnv('METADISTILL_NATIVE', '/nowhere');

test.each([
  ['webgpu', 'webgpu is not installed', '`npx -y pnpm@10 native webgpu`'],
  [
    'tensorflow',
    '@tensorflow/tfjs-node-gpu is not installed; @tensorflow/tfjs-node is not installed',
    '`npx -y pnpm@10 native`',
  ],
] as const)(
  '%s that does not load: what was asked, why, what to do, and no other backend',
  async (prefer, why, how) => {
    const error = await requireBackend({ prefer }).catch((reason: Error) => reason);
    const [what, remedy] = String(error).split('. Set it up by ');
    expect(what).toBe(
      `Error: --backend is ${prefer}; expected a backend that loads here. Why ${prefer} does not: ${why}`,
    );
    expect(remedy).toMatch(
      new RegExp(`^${how}.* Or leave --backend out, to take the fastest that loads\\.$`),
    );
  },
);

test('a backend that loads is taken', async () => {
  expect((await requireBackend({ prefer: 'cpu' })).name).toBe('cpu');
});
