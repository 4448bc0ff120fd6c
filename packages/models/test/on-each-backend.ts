import '@tensorflow/tfjs-backend-wasm';
import { selectBackend } from '@metadistill/backend';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';

const nativeFolder = process.env.METADISTILL_NATIVE;
const selectNative = () => selectBackend({ prefer: 'tensorflow', ...(nativeFolder && { nativeFolder }) });

const hasNative = (await selectNative()).name === 'tensorflow';
await setBackend('cpu');

/** The same tests on the reference backend, on the one that trains, and on native TensorFlow where that is set up. */
export const onEachBackend = (tests: (backend: string) => void): void =>
  describe.each(['cpu', 'wasm', 'wasm with training kernels', ...(hasNative ? ['tensorflow'] : [])])(
    'on %s',
    (backend) => {
      beforeAll(async () => {
        if (backend === 'tensorflow') await selectNative();
        else if (backend.includes('kernels')) await selectBackend({ prefer: 'wasm' });
        else await setBackend(backend);
      });
      tests(backend);
    },
  );
