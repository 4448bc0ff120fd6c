import type { BinaryFile } from '../types.js';
import { checkFileLength, fileError } from './file-error.js';

const UNSIGNED_BYTE = 0x08;

/** An array of unsigned bytes, row-major: a view of the file's memory. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST and Fashion-MNIST: two zero bytes, the type 0x08, the
 * number of axes, each axis's length as a big-endian uint32, then the values.
 *
 * @param file the uncompressed content.
 * @param axes how many axes are expected: 3 for images `[examples, height, width]`, 1 for labels.
 * @throws Error naming file, offset, expected and got: wrong magic, truncated, trailing bytes.
 * @see http://yann.lecun.com/exdb/mnist/ ("The IDX file format").
 */
export function decodeIdx(file: BinaryFile, axes: number): IdxArray {
  const { name, bytes } = file;
  const headerLength = 4 + 4 * axes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = bytes.length < 4 ? undefined : view.getUint32(0);
  const expectedMagic = (UNSIGNED_BYTE << 8) | axes;
  if (magic !== undefined && magic !== expectedMagic) {
    throw fileError('decodeIdx', name, {
      offset: 0,
      expected: `the magic number ${hexadecimal(expectedMagic)} (unsigned bytes, ${axes} axes)`,
      got: hexadecimal(magic),
      remedy: 'Decompress it first, or fetch it again.',
    });
  }
  if (bytes.length < headerLength) checkFileLength('decodeIdx', name, bytes, headerLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, length) => product * length, 1);
  checkFileLength('decodeIdx', name, bytes, headerLength + count);
  return { shape, values: bytes.subarray(headerLength) };
}

const hexadecimal = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
