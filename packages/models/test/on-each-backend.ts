import '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';

/** The same tests on the reference backend and on the one that trains. */
export const onEachBackend = (tests: (backend: string) => void): void =>
  describe.each(['cpu', 'wasm'])('on %s', (backend) => {
    beforeAll(async () => {
      await setBackend(backend);
    });
    tests(backend);
  });
