import type { BinaryFile, Dataset } from '../types.js';
import { checkFileLength, fileError } from './file-error.js';

const SIDE = 32;
const CHANNELS = 3;
const PLANE = SIDE * SIDE;
const IMAGE = CHANNELS * PLANE;
const CLASSES = 10;

/** Bytes of one record: a label and an image. */
export const recordBytes: number = 1 + IMAGE;

/**
 * Reads CIFAR-10's binary version: records of one label byte and 3 planes of 32 x 32 bytes (red, green, blue). The
 * planes are interleaved once, here, into `[32, 32, 3]`.
 *
 * @param files how to read each file, in order. Each is read when its turn comes, so that one at a time is in memory.
 * @param recordsPerFile 10,000 in the official files.
 * @throws Error naming file, offset, expected and got: truncated, trailing bytes, label out of range.
 * @see https://www.cs.toronto.edu/~kriz/cifar.html ("Binary version").
 */
export function decodeCifar10(
  name: string,
  files: readonly (() => BinaryFile)[],
  recordsPerFile = 10_000,
): Dataset {
  const count = files.length * recordsPerFile;
  const examples = new Uint8Array(count * IMAGE);
  const labels = new Int32Array(count);
  let record = 0;
  for (const read of files) {
    const file = read();
    checkFileLength('decodeCifar10', file.name, file.bytes, recordsPerFile * recordBytes);
    for (let offset = 0; offset < file.bytes.length; offset += recordBytes, record++) {
      labels[record] = labelAt(file, offset);
      interleave(file.bytes, offset + 1, examples, record * IMAGE);
    }
  }
  return { name, examples, exampleShape: [SIDE, SIDE, CHANNELS], labels, classes: CLASSES };
}

function labelAt({ name, bytes }: BinaryFile, offset: number): number {
  const label = bytes[offset] as number;
  if (label >= CLASSES) {
    const expected = `a label 0..${CLASSES - 1}`;
    throw fileError('decodeCifar10', name, { offset, expected, got: `${label}` });
  }
  return label;
}

function interleave(planes: Uint8Array, from: number, pixels: Uint8Array, to: number): void {
  for (let red = from, next = to; red < from + PLANE; red++, next += CHANNELS) {
    pixels[next] = planes[red] as number;
    pixels[next + 1] = planes[red + PLANE] as number;
    pixels[next + 2] = planes[red + 2 * PLANE] as number;
  }
}
