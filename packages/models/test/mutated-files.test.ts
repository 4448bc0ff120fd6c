import { expectMutantsHandled } from '@metadistill/testing';
import { expect, test } from 'vitest';
import {
  batchNorm,
  decodeSafetensors,
  dense,
  disposeWeights,
  encodeSafetensors,
  loadWeights,
  model,
  saveWeights,
} from '../src/index.js';

const net = model({
  name: 'net',
  inputShape: [3],
  classes: 2,
  layers: [
    dense({ name: 'first', inputs: 3, outputs: 4 }),
    batchNorm({ name: 'norm', channels: 4 }),
    dense({ name: 'last', inputs: 4, outputs: 2 }),
  ],
});

// The table of docs/reliability.md tries 10,000; it has the command.
test('mutants of safetensors files are read or refused, and leave no tensor', async () => {
  const weights = net.initialize((low, high) => (low + high) / 2);
  const bytes = await saveWeights(net, weights, { dataset: 'none' });
  disposeWeights(weights);
  await expectMutantsHandled({
    name: 'safetensors',
    inputs: [bytes],
    runs: 300,
    errors: /^(decodeSafetensors: file, offset \d+ is [\x20-\x7e]{1,120}; expected |loadWeights: file: )/,
    read(mutant) {
      const file = { name: 'file', bytes: mutant };
      const { tensors } = decodeSafetensors(file);
      expect(() => encodeSafetensors(tensors)).not.toThrow();
      disposeWeights(loadWeights(net, file));
    },
  });
});
