import '@tensorflow/tfjs-backend-wasm';
import { selectBackend } from '@metadistill/backend';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';

/** The same tests on the reference backend and on the one that trains. */
export const onEachBackend = (tests: (backend: string) => void): void =>
  describe.each(['cpu', 'wasm', 'wasm with training kernels'])('on %s', (backend) => {
    beforeAll(async () => {
      if (backend.includes('kernels')) await selectBackend({ prefer: 'wasm' });
      else await setBackend(backend);
    });
    tests(backend);
  });
