import type { BinaryFile, FloatArray } from '../types.js';
import { checkFileLength, type FileFault, fileError } from './file-error.js';

/** \x93NUMPY */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
const DTYPE = '<f4';
/** NumPy too reads no longer ones by default. */
const MOST_HEADER = 10_000;
/** The values of a file that we write start at a multiple of this, as the format asks. */
const ALIGNMENT = 64;

/**
 * Reads a NumPy `.npy` file of little-endian float32 in C order, format versions 1 to 3.
 *
 * @throws Error naming file, offset, expected and got: wrong magic, truncated, trailing bytes, another dtype,
 * Fortran order.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function decodeNpy(file: BinaryFile): FloatArray {
  const { name, bytes } = file;
  const fail = (fault: FileFault) => fileError('decodeNpy', name, fault);
  const { header, headerStart, dataStart } = readHeader(file, fail);
  const faulty = (expected: string, remedy: string) =>
    fail({ offset: headerStart, expected, got: printable(header.trim()), remedy });

  const dtype = /['"]descr['"]:\s*['"]([^'"]*)['"]/.exec(header)?.[1];
  if (dtype !== DTYPE) throw faulty(`the dtype '${DTYPE}'`, `Save the array with .astype('${DTYPE}').`);
  if (!/['"]fortran_order['"]:\s*False/.test(header)) {
    throw faulty('fortran_order False', 'Save numpy.ascontiguousarray of the array.');
  }
  const axes = /['"]shape['"]:\s*\(((?:\s*\d+\s*,)*(?:\s*\d+)?\s*)\)/.exec(header)?.[1];
  if (axes === undefined) throw faulty('a shape', 'Save the array again with numpy.save.');
  const shape = (axes.match(/\d+/g) ?? []).map(Number);

  const count = shape.reduce((product, length) => product * length, 1);
  checkFileLength('decodeNpy', name, bytes, dataStart + 4 * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, 4 * count);
  return { shape, values: Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true)) };
}

/**
 * Writes a `.npy` file (format version 1) of little-endian float32 in C order, as `numpy.save` does.
 *
 * @throws RangeError if the shape does not hold as many values as there are.
 */
export function encodeNpy({ shape, values }: FloatArray): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  if (count !== values.length) {
    throw new RangeError(
      `encodeNpy: shape is [${shape}]; expected one of ${values.length} values. Pass the shape of the values.`,
    );
  }
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${DTYPE}', 'fortran_order': False, 'shape': (${axes}), }`;
  const preamble = MAGIC.length + 4; // magic, version, length of the header
  const dataStart = Math.ceil((preamble + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = `${dictionary.padEnd(dataStart - preamble - 1)}\n`;

  const bytes = new Uint8Array(dataStart + 4 * count);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint8(MAGIC.length, 1);
  view.setUint16(MAGIC.length + 2, header.length, true);
  bytes.set(new TextEncoder().encode(header), preamble);
  for (let i = 0; i < count; i++) view.setFloat32(dataStart + 4 * i, values[i] as number, true);
  return bytes;
}

function readHeader({ name, bytes }: BinaryFile, fail: (fault: FileFault) => Error) {
  if (bytes.length < 12) checkFileLength('decodeNpy', name, bytes, 12);
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    const got = hexadecimal(bytes.subarray(0, MAGIC.length));
    throw fail({ offset: 0, expected: `${hexadecimal(MAGIC)} (\\x93NUMPY)`, got });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(6);
  if (version < 1 || version > 3) {
    throw fail({ offset: 6, expected: 'format version 1, 2 or 3', got: `${version}` });
  }
  // The header's length has 2 bytes in version 1, and 4 since.
  const headerStart = version === 1 ? 10 : 12;
  const headerLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerLength > MOST_HEADER) {
    const expected = `the length of a header, ${MOST_HEADER} at most`;
    throw fail({ offset: 8, expected, got: `${headerLength}` });
  }
  const dataStart = headerStart + headerLength;
  if (bytes.length < dataStart) checkFileLength('decodeNpy', name, bytes, dataStart);
  const header = new TextDecoder().decode(bytes.subarray(headerStart, dataStart));
  return { header, headerStart, dataStart };
}

/** As much of a header as a message holds, and no more than a terminal can show. */
const printable = (text: string): string => {
  if (text === '') return 'an empty header';
  const short = text.length > 120 ? `${text.slice(0, 120)}...` : text;
  return short.replace(/[^\x20-\x7e]/g, '?');
};

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
