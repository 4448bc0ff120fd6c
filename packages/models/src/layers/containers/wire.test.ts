import { expectNoLeak, toNumbers } from '@metadistill/testing';
import { ones, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { dense } from '../dense/dense.js';
import { batchNorm } from '../normalization/batch-norm.js';
import { severalInputs } from './several-inputs.js';
import { wire } from './wire.js';

const shared = dense({ inputs: 2, outputs: 2, name: 'shared' });
const unread = [
  { layer: dense({ inputs: 2, outputs: 3, name: 'unread' }), from: [-1] },
  { layer: batchNorm({ channels: 3 }), from: [0] },
  { layer: shared, from: [-1] },
  { layer: shared, from: [-1] },
];

test('nodes that none reads run, have gradients of 0, and leak nothing', async () => {
  const wired = wire('net', unread);
  await expectNoLeak(() =>
    tidy(() => {
      const weights = wired.initialize(() => 0.5);
      const before = weights.statistics.map((each) => toNumbers(each));
      const x = ones([2, 2]);
      wired.predict(weights, x).dispose();
      const { output, cache, statistics } = wired.forward(weights, x, 'training');
      expect(statistics.map((each) => toNumbers(each))).not.toEqual(before);
      const expected = [0, 0, 0, 0, 2, 2, 2, 2, 2, 2];
      const sums = (tensors: readonly Tensor[]) => tensors.flatMap((each) => toNumbers(each));
      const zeros = Array.from({ length: 6 + 3 + 3 + 3 }, () => 0);
      const gradient = wired.vjp(weights, cache, ones([2, 2]), false).parameters;
      expect(sums(gradient)).toEqual([...zeros, ...expected.slice(4)]);
      const tangents = weights.parameters;
      const pass = wired.secondOrder!(weights, cache, ones([2, 2]), false);
      expect(sums(pass.parameters)).toEqual(sums(gradient));
      const moved = pass.along(tangents, undefined);
      expect(toNumbers(moved.output)).toEqual(toNumbers(wired.jvp!(weights, cache, tangents, undefined)));
      expect(toNumbers(moved.output)).toEqual(toNumbers(output));
      expect(sums(moved.pullBack(ones([2, 2])).parameters)).toEqual(sums(gradient));
    }),
  );
});

test('a node that throws leaves nothing of the nodes before it', async () => {
  const fails = {
    ...severalInputs(dense({ inputs: 2, outputs: 2, name: 'fails' })),
    forward: () => {
      throw new Error('no kernel');
    },
  };
  const wired = wire('net', [
    { layer: dense({ inputs: 2, outputs: 2, name: 'first' }), from: [-1] },
    { layer: dense({ inputs: 2, outputs: 2, name: 'second' }), from: [0] },
    { layer: fails, from: [1] },
  ]);
  const [weights, x] = [wired.initialize(() => 0.5), ones([2, 2])];
  await expectNoLeak(() => {
    expect(() => wired.predict(weights, x)).toThrow('no kernel');
  });
});
