import { expectNoLeak } from '@metadistill/testing';
import { scalar } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { readScalars } from './read-scalars.js';

test('reads scalars by their names, and disposes of them', async () => {
  await expectNoLeak(async () => {
    expect(await readScalars({ loss: scalar(0.5), norm: scalar(-3) })).toEqual({ loss: 0.5, norm: -3 });
  });
});

test('reads nothing from nothing', async () => {
  expect(await readScalars({})).toEqual({});
});
