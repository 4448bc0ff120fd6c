import '@tensorflow/tfjs-backend-cpu';
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { vi } from 'vitest';

// Silences the advice that TF.js prints in Node on its first tensor.
enableProdMode();
await setBackend('cpu');

// The gate draws the same cases in every run; `pnpm test:explore` draws others.
fc.configureGlobal({ seed: Number(process.env.METADISTILL_SEED) });

// A property's own number of runs has precedence over the global one, so `pnpm test:explore` replaces it here.
const runs = process.env.METADISTILL_RUNS;
if (runs !== undefined) {
  vi.doMock('fast-check', () => {
    const assert = (property: fc.IRawProperty<unknown>, parameters?: fc.Parameters<unknown>) =>
      fc.assert(property, { ...parameters, numRuns: Number(runs) });
    return { ...fc, assert, default: { ...fc, assert } };
  });
}
