import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import elementTypes from '../fixtures/element-types.json' with { type: 'json' };
import { decodeSafetensors } from './decode-safetensors.js';
import { encodeSafetensors } from './encode-safetensors.js';
import type { HostTensor } from './types.js';

const file = (bytes: Uint8Array) => ({ name: 'student.safetensors', bytes });
const decoded = (bytes: Uint8Array) => decodeSafetensors(file(bytes));

/** A file of one header, as it stands, and so many bytes of data. */
function withHeader(header: string, dataLength = 0): Uint8Array {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Uint8Array.from(Buffer.concat([length, text, Buffer.alloc(dataLength, 1)]));
}

const entry = (start: number, end: number, shape: readonly number[] = [(end - start) / 4]) =>
  JSON.stringify({ dtype: 'F32', shape, data_offsets: [start, end] });

describe('decodeSafetensors', () => {
  test('reads the numbers of every type as PyTorch does', () => {
    const bytes = readFileSync(new URL('../fixtures/element-types.safetensors', import.meta.url));
    const { tensors } = decoded(bytes);
    expect([...tensors.keys()]).toEqual(Object.keys(elementTypes));
    for (const [type, expected] of Object.entries(elementTypes)) {
      const { shape, values } = tensors.get(type)!;
      expect(shape).toEqual([expected.length]);
      expect(values).toBeInstanceOf(['F64', 'I64', 'I32'].includes(type) ? Float64Array : Float32Array);
      expect(Array.from(values), type).toEqual(expected.map(Number));
    }
    expect(decoded(withHeader('{"x":{"dtype":"F16","shape":[],"data_offsets":[0,2]}}', 2)).tensors.size).toBe(
      1,
    );
  });

  test('reads infinities and numbers that are none', () => {
    const bytes = withHeader('{"x":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}}', 6);
    bytes.set([0x00, 0x7c, 0x00, 0xfc, 0x01, 0x7c], bytes.length - 6);
    expect(Array.from(decoded(bytes).tensors.get('x')!.values)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  test('reads a header in any order, with scalars, empty tensors and padding', () => {
    const header = `{"b":${entry(4, 12)},"empty":${entry(4, 4, [0, 3])},"a":${entry(0, 4, [])}}   `;
    const { tensors, metadata } = decoded(withHeader(header, 12));
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['b', [2]],
      ['empty', [0, 3]],
      ['a', []],
    ]);
    expect(metadata).toEqual({});
    expect(decoded(withHeader('{}')).tensors.size).toBe(0);
  });

  test('refuses every truncation and trailing bytes, naming the file and the offset', () => {
    const bytes = encodeSafetensors(new Map([['x', { shape: [2], values: Float32Array.of(1, 2) }]]));
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decoded(bytes.slice(0, length))).toThrow(
        'decodeSafetensors: student.safetensors, offset ',
      );
    }
    expect(() => decoded(bytes.slice(0, 3))).toThrow('offset 3 is the end of the file; expected the length');
    expect(() => decoded(bytes.slice(0, -1))).toThrow(
      /offset 71 is the end of the file; expected 'x' in bytes 64 to 72/,
    );
    expect(() => decoded(Uint8Array.from([...bytes, 0]))).toThrow(
      'offset 72 is 1 bytes of no tensor; expected the end of the file. Save or fetch the file again.',
    );
    const long = Uint8Array.from(bytes);
    long.set([255, 255, 255, 255, 255, 255, 255, 255]);
    expect(() => decoded(long)).toThrow(
      'offset 0 is 18446744073709551615; expected the length of a header within',
    );
  });

  // The data start at 8 + the header's length.
  test.each([
    [
      'overlap',
      `{"a":${entry(0, 8)},"b":${entry(4, 12)}}`,
      12,
      "the start of another tensor; expected 'b' behind",
    ],
    [
      'are equal',
      `{"a":${entry(0, 8)},"b":${entry(0, 8)}}`,
      8,
      "the start of another tensor; expected 'b' behind",
    ],
    ['leave a gap', `{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12, "a gap of 4 bytes; expected 'b' behind"],
    ['start late', `{"a":${entry(4, 8)}}`, 8, "a gap of 4 bytes; expected 'a' behind"],
    ['leave the file', `{"a":${entry(0, 8)}}`, 4, "the end of the file; expected 'a' in bytes"],
    ['do not hold the shape', `{"a":${entry(0, 8, [3])}}`, 8, 'expected data_offsets 12 bytes apart'],
    ['run backwards', `{"a":${entry(8, 0, [2])}}`, 8, 'expected data_offsets 8 bytes apart'],
    [
      'are of one name',
      `{"a":${entry(0, 4)},"a":${entry(4, 8)}}`,
      8,
      "a gap of 4 bytes; expected 'a' behind",
    ],
    [
      'are negative',
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}',
      4,
      'expected two data_offsets',
    ],
    ['are one', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}', 4, 'expected two data_offsets'],
  ])('refuses offsets that %s', (_, header, dataLength, message) => {
    expect(() => decoded(withHeader(header, dataLength))).toThrow(message);
  });

  test.each([
    ['no JSON', '{"a"', 'offset 8 is {"a"; expected a header in JSON'],
    ['no object', '[1]', 'offset 8 is [1]; expected a JSON object'],
    ['no entry', '{"a":1}', "offset 8 is 'a': 1; expected a tensor with dtype"],
    [
      'another type',
      '{"a":{"dtype":"C64","shape":[],"data_offsets":[0,8]}}',
      'expected a dtype among F64, F32',
    ],
    ['a fractional shape', '{"a":{"dtype":"U8","shape":[0.5],"data_offsets":[0,0]}}', 'expected a shape'],
    ['metadata of numbers', '{"__metadata__":{"a":1}}', 'expected __metadata__ of texts by name'],
  ])('refuses a header with %s', (_, header, message) => {
    expect(() => decoded(withHeader(header))).toThrow(message);
  });
});

describe('encodeSafetensors', () => {
  test('writes the length, the header padded to 8 bytes, and the data', () => {
    const bytes = encodeSafetensors(
      new Map<string, HostTensor>([
        ['w', { shape: [1], values: Float32Array.of(1) }],
        ['s', { shape: [], values: Float64Array.of(-2) }],
      ]),
      { by: 'hand' },
    );
    const header =
      '{"__metadata__":{"by":"hand"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},' +
      '"s":{"dtype":"F64","shape":[],"data_offsets":[4,12]}}';
    const length = Math.ceil(header.length / 8) * 8;
    expect(Array.from(bytes.subarray(0, 8))).toEqual([length, 0, 0, 0, 0, 0, 0, 0]);
    expect(Buffer.from(bytes.subarray(8, 8 + length)).toString()).toBe(header.padEnd(length));
    // 1 is 3f800000 as a float, −2 is c000000000000000 as a double.
    expect(Array.from(bytes.subarray(8 + length))).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]);
  });

  test('writes what is read back, whatever the names, shapes and numbers', () => {
    const tensors = fc.array(
      fc.tuple(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', '0', 'constructor')),
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
        fc.boolean(),
      ),
    );
    fc.assert(
      fc.property(tensors, fc.infiniteStream(fc.float()), (declared, numbers) => {
        const written = new Map(
          declared.map(([name, shape, isDouble]) => {
            const taken = [...numbers.take(shape.reduce((a, b) => a * b, 1))];
            const values = isDouble ? Float64Array.from(taken) : Float32Array.from(taken);
            return [name, { shape, values }] as const;
          }),
        );
        const metadata = { description: 'π ≈ 3' };
        const read = decoded(encodeSafetensors(written, metadata));
        expect(Object.fromEntries(read.tensors)).toEqual(Object.fromEntries(written));
        expect(read.metadata).toEqual(metadata);
      }),
    );
  });

  test('refuses values that do not fill the shape, and the name of the metadata', () => {
    const tensor = { shape: [2], values: Float32Array.of(1) };
    expect(() => encodeSafetensors(new Map([['x', tensor]]))).toThrow(
      "encodeSafetensors: 'x' has shape [2]; expected one of 1 values.",
    );
    expect(() => encodeSafetensors(new Map([['__metadata__', tensor]]))).toThrow(
      'a tensor has the name __metadata__',
    );
  });
});
