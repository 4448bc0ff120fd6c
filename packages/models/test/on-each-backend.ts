import { createRequire } from 'node:module';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-wasm';
import { selectBackend } from '@metadistill/backend';
import { getKernel, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';

const nativeFolder = process.env.METADISTILL_NATIVE;
const selectNative = () => selectBackend({ prefer: 'tensorflow', ...(nativeFolder && { nativeFolder }) });

/** Asked without `selectBackend`, which would put our kernels into the wasm backend before its tests without them. */
const hasNative = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'].some((name) => {
  try {
    return createRequire(nativeFolder ? join(nativeFolder, 'package.json') : import.meta.url).resolve(name);
  } catch {
    return false;
  }
});

/** The same tests on the reference backend, on the one that trains, and on native TensorFlow where that is set up. */
export const onEachBackend = (tests: (backend: string) => void): void =>
  describe.each(['cpu', 'wasm', 'wasm with training kernels', ...(hasNative ? ['tensorflow'] : [])])(
    'on %s',
    (backend) => {
      beforeAll(async () => {
        if (backend === 'tensorflow') await selectNative();
        else if (backend.includes('kernels')) await selectBackend({ prefer: 'wasm' });
        // With the gradients that TensorFlow.js lacks, which tests compare ours with.
        else if (backend === 'cpu') await selectBackend({ prefer: 'cpu' });
        else await setBackend(backend);
        if (backend === 'wasm' && getKernel('MetadistillMatMul', 'wasm')) {
          throw new Error(
            'Tests of wasm without our kernels run with them: select no backend in a test file.',
          );
        }
      });
      tests(backend);
    },
  );
