import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from './npy-format.js';

const file = (bytes: Uint8Array) => ({ name: 'logits.npy', bytes });
const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A file of one header and float32 values, as numpy.save lays it out in version 1. */
function npy(dictionary: string, values: readonly number[]): Uint8Array {
  const header = `${dictionary.padEnd(117)}\n`;
  const data = new Uint8Array(Float32Array.from(values).buffer);
  return Uint8Array.from([...ascii('\x93NUMPY'), 1, 0, header.length, 0, ...ascii(header), ...data]);
}

const dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
const array = { shape: [2, 3], values: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5) };

// numpy.save of numpy.arange(6, dtype='<f4').reshape(2, 3) / 2, NumPy 1.24.
const saved = Uint8Array.from(
  Buffer.from(
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLC' +
      'B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAA' +
      'PwAAgD8AAMA/AAAAQAAAIEA=',
    'base64',
  ),
);

describe('encodeNpy', () => {
  it('writes the bytes that numpy.save writes', () => {
    expect(encodeNpy(array)).toEqual(saved);
  });

  it('refuses a shape that does not fit the values', () => {
    expect(() => encodeNpy({ ...array, shape: [2, 2] })).toThrow(
      'encodeNpy: shape is [2,2]; expected one of 6 values.',
    );
  });
});

describe('decodeNpy', () => {
  it('reads what numpy.save wrote, wherever it stands in its buffer', () => {
    expect(decodeNpy(file(saved))).toEqual(array);
    expect(decodeNpy(file(Uint8Array.of(7, ...saved).subarray(1)))).toEqual(array);
  });

  it('reads a header in double quotes', () => {
    const quoted = dictionary.replaceAll("'", '"');
    expect(decodeNpy(file(npy(quoted, [...array.values])))).toEqual(array);
  });

  it('refuses a header that no array needs, and shows of a damaged one what a terminal can', () => {
    const long = Uint8Array.of(...saved.subarray(0, 6), 2, 0, 0xff, 0xff, 0, 0);
    expect(() => decodeNpy(file(long))).toThrow(
      'offset 8 is 65535; expected the length of a header, 10000 at most',
    );
    expect(() => decodeNpy(file(npy(`\x1b[2J${dictionary.replace('<f4', '\x07')}`, [])))).toThrow(
      "is ?[2J{'descr': '?'",
    );
    expect(() => decodeNpy(file(npy(dictionary.replace('2, 3', '2 3'), [])))).toThrow('expected a shape');
  });

  it('reads version 2, whose header length has four bytes', () => {
    const header = `${dictionary.padEnd(115)}\n`;
    const bytes = [...ascii('\x93NUMPY'), 2, 0, header.length, 0, 0, 0, ...ascii(header)];
    expect(decodeNpy(file(Uint8Array.from([...bytes, ...saved.subarray(128)])))).toEqual(array);
  });

  it('reads back every array that is written, of any number of axes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
        fc.infiniteStream(fc.float()),
        (shape, numbers) => {
          const count = shape.reduce((product, length) => product * length, 1);
          const written = { shape, values: Float32Array.from([...numbers.take(count)]) };
          expect(decodeNpy(file(encodeNpy(written)))).toEqual(written);
        },
      ),
    );
  });

  it('names file, offset, expected and got for a wrong magic string', () => {
    expect(() => decodeNpy(file(ascii('PK\x03\x04 an archive')))).toThrow(
      'decodeNpy: logits.npy, offset 0 is 50 4b 03 04 20 61; expected 93 4e 55 4d 50 59 (\\x93NUMPY).',
    );
  });

  it('refuses every truncation', () => {
    for (let length = 0; length < saved.length; length++) {
      expect(() => decodeNpy(file(saved.slice(0, length)))).toThrow(
        `offset ${length} is the end of a truncated file of ${length} bytes`,
      );
    }
  });

  it('refuses trailing bytes', () => {
    expect(() => decodeNpy(file(Uint8Array.of(...saved, 0)))).toThrow(
      'offset 152 is the first of 1 trailing bytes',
    );
  });

  it('refuses another version, dtype or order, and says what to do', () => {
    const values = array.values;
    expect(() => decodeNpy(file(npy(dictionary.replace('<f4', '<f8'), [...values])))).toThrow(
      /offset 10 is \{'descr': '<f8'.*\}; expected the dtype '<f4'. Save the array with .astype/,
    );
    expect(() => decodeNpy(file(npy(dictionary.replace('False', 'True'), [...values])))).toThrow(
      /expected fortran_order False. Save numpy.ascontiguousarray/,
    );
    expect(() => decodeNpy(file(npy("{'descr': '<f4', 'fortran_order': False}", [])))).toThrow(
      /expected a shape/,
    );
    const version9 = Uint8Array.from(saved);
    version9[6] = 9;
    expect(() => decodeNpy(file(version9))).toThrow('offset 6 is 9; expected format version 1, 2 or 3');
  });
});
