import { expect, test } from 'vitest';
import { fingerprint } from './fingerprint.js';

test('depends on names and contents, not on their order', async () => {
  const weights = Float32Array.of(1, 2, 3);
  const first = await fingerprint({ dataset: 'cifar10', weights });
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await fingerprint({ weights, dataset: 'cifar10' })).toBe(first);
  expect(await fingerprint({ dataset: 'cifar10', weights: Float32Array.of(1, 2, 4) })).not.toBe(first);
  expect(await fingerprint({ data: 'cifar10', weights })).not.toBe(first);
});

test('tells a number from its text, and one part from two', async () => {
  expect(await fingerprint({ epochs: 1 })).not.toBe(await fingerprint({ epochs: '1' }));
  expect(await fingerprint({ a: '1\n"b"="2"' })).not.toBe(await fingerprint({ a: '1', b: '2' }));
});

test('reads only the view of a larger buffer', async () => {
  const buffer = Uint8Array.of(9, 1, 2, 9);
  expect(await fingerprint({ part: buffer.subarray(1, 3) })).toBe(
    await fingerprint({ part: Uint8Array.of(1, 2) }),
  );
});
