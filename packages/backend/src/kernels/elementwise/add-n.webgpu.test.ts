import { expectNoLeak } from '@metadistill/testing';
import {
  addN,
  getKernel,
  type KernelConfig,
  registerKernel,
  tensor1d,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { addInGroups, tooManyTerms } from './add-n.webgpu.js';

// On cpu, whose own kernel takes any number of terms and here counts them.
it('adds any number of terms, at most seven at once', async () => {
  const stock = getKernel('AddN', 'cpu') as KernelConfig;
  const sizes: number[] = [];
  const kernelFunc: KernelConfig['kernelFunc'] = (call) => {
    const { inputs } = call as unknown as Parameters<typeof addInGroups>[0];
    if (tooManyTerms({ inputs })) return addInGroups({ inputs });
    sizes.push(inputs.length);
    return stock.kernelFunc(call);
  };
  unregisterKernel('AddN', 'cpu');
  registerKernel({ ...stock, kernelFunc });
  try {
    for (const count of [1, 7, 8, 16, 60]) {
      sizes.length = 0;
      await expectNoLeak(() => {
        const terms = Array.from({ length: count }, (_, i) => tensor1d([i, 1]));
        const sum = addN(terms);
        expect(Array.from(sum.dataSync())).toEqual([(count * (count - 1)) / 2, count]);
        for (const tensor of [sum, ...terms]) tensor.dispose();
      });
      expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
    }
  } finally {
    unregisterKernel('AddN', 'cpu');
    registerKernel(stock);
  }
});
