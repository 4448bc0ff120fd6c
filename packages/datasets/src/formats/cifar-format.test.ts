import { describe, expect, it } from 'vitest';
import { decodeCifar10 } from './cifar-format.js';

/** A record whose pixel i of channel c is (i + 50 c) mod 256. */
const record = (label: number) => [
  label,
  ...Array.from({ length: 3072 }, (_, i) => ((i % 1024) + 50 * Math.floor(i / 1024)) % 256),
];
const file = (name: string, bytes: number[]) => () => ({ name, bytes: Uint8Array.from(bytes) });

describe('decodeCifar10', () => {
  it('interleaves the planes of every record, in the order of the files', () => {
    const files = [file('a', [...record(3), ...record(9)]), file('b', [...record(0), ...record(1)])];
    const dataset = decodeCifar10('tiny', files, 2);
    expect(dataset.exampleShape).toEqual([32, 32, 3]);
    expect(Array.from(dataset.labels)).toEqual([3, 9, 0, 1]);
    const expected = Array.from({ length: 3072 }, (_, i) => (Math.floor(i / 3) + 50 * (i % 3)) % 256);
    for (let image = 0; image < 4; image++) {
      expect(Array.from(dataset.examples.subarray(image * 3072, (image + 1) * 3072))).toEqual(expected);
    }
  });

  it('reads a file only when its turn comes', () => {
    const later = () => {
      throw new Error('read too early');
    };
    expect(() => decodeCifar10('tiny', [file('a', record(11)), later], 1)).toThrow(/label/);
  });

  it('refuses truncated files, trailing bytes and labels out of range', () => {
    const decode = (bytes: number[]) => decodeCifar10('tiny', [file('batch.bin', bytes)], 2);
    const records = [...record(1), ...record(2)];
    expect(() => decode(records.slice(0, -1))).toThrow(
      'decodeCifar10: batch.bin, offset 6145 is the end of a truncated file of 6145 bytes; expected 6146 bytes.',
    );
    expect(() => decode([...records, 0])).toThrow('offset 6146 is the first of 1 trailing bytes');
    expect(() => decode([...record(1), ...record(10)])).toThrow('offset 3073 is 10; expected a label 0..9');
  });
});
