import { tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { tensorOf } from '../../../test/values.js';
import { identity } from './identity.js';

const none = { parameters: [], statistics: [] };

test('hands on what outlives its input', () => {
  tidy(() => {
    const input = tensorOf([1, 2], [1, 2]);
    const { output } = identity().forward(none, input, 'training');
    input.dispose();
    expect(Array.from(output.dataSync())).toEqual([1, 2]);
  });
});

test('passes cotangents and tangents through; no tangent is zeros', () => {
  tidy(() => {
    const { cache } = identity().forward(none, tensorOf([1, 2], [1, 2]), 'training');
    const direction = tensorOf([3, 4], [1, 2]);
    expect(identity().vjp(none, cache, direction, true).input!.arraySync()).toEqual([[3, 4]]);
    expect(identity().vjp(none, cache, direction, false).input).toBeUndefined();
    expect(identity().jvp(none, cache, [], direction).arraySync()).toEqual([[3, 4]]);
    expect(identity().jvp(none, cache, [], undefined).arraySync()).toEqual([[0, 0]]);
  });
});
