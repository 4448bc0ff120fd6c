import { sizeOf } from '../shapes.js';
import { type ElementType, elementTypes } from './element-types.js';
import type { HostTensor, SafetensorsContent, SafetensorsFile } from './types.js';

/** Where the header starts, after its length. */
const HEADER_START = 8;

/** A tensor as the header declares it, with its bytes counted from the start of the file. */
interface Entry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a safetensors file: F32, F16, BF16, U8 and BOOL as float32, F64, I64 and I32 as float64.
 *
 * The tensors have to fill the data without overlap or gap, as the format asks. Of two tensors of one name JSON keeps
 * the last, and the gap that the first leaves is refused.
 *
 * @throws Error naming file, offset, expected and got: truncated, no header, another type, offsets that do not fit.
 * @see https://github.com/huggingface/safetensors#format
 */
export function decodeSafetensors(file: SafetensorsFile): SafetensorsContent {
  const { name, bytes } = file;
  const { header, dataStart } = readHeader(file);
  const { __metadata__: metadata = {}, ...declared } = header;
  const entries = Object.entries(declared).map(([tensor, entry]) =>
    checkEntry(name, tensor, entry, dataStart),
  );
  checkLayout(name, entries, dataStart, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    tensors: new Map(entries.map((entry) => [entry.name, readTensor(view, entry)])),
    metadata: checkMetadata(name, metadata),
  };
}

function readHeader({ name, bytes }: SafetensorsFile) {
  const available = bytes.length - HEADER_START;
  if (available < 0) {
    throw fileError(name, bytes.length, 'the length of the header in 8 bytes', 'the end of the file');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(available)) {
    const expected = `the length of a header within the ${available} bytes that follow`;
    throw fileError(name, 0, expected, `${length}`);
  }
  const dataStart = HEADER_START + Number(length);
  const text = new TextDecoder().decode(bytes.subarray(HEADER_START, dataStart));
  return { header: parseHeader(name, text), dataStart };
}

function parseHeader(file: string, text: string): Readonly<Record<string, unknown>> {
  const got = text === '' ? 'an empty header' : shortened(text);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw fileError(file, HEADER_START, 'a header in JSON', got, cause);
  }
  if (!isRecord(header)) throw fileError(file, HEADER_START, 'a JSON object', got);
  return header;
}

function checkEntry(file: string, name: string, entry: unknown, dataStart: number): Entry {
  const fail = (expected: string) =>
    fileError(file, HEADER_START, expected, shortened(`'${name}': ${JSON.stringify(entry)}`));
  if (!isRecord(entry)) throw fail('a tensor with dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = entry;
  const type = typeof dtype === 'string' ? elementTypes.get(dtype) : undefined;
  if (type === undefined) throw fail(`a dtype among ${[...elementTypes.keys()].join(', ')}`);
  if (!isCounts(shape)) throw fail('a shape of non-negative integers');
  if (!isCounts(offsets) || offsets.length !== 2) throw fail('two data_offsets, non-negative integers');
  const [start, end] = offsets as [number, number];
  const length = sizeOf(shape) * type.size;
  if (end - start !== length) throw fail(`data_offsets ${length} bytes apart, as dtype and shape say`);
  return { name, type, shape, start: dataStart + start, end: dataStart + end };
}

/** One tensor behind the other, from the header to the end of the file. */
function checkLayout(file: string, entries: readonly Entry[], dataStart: number, fileLength: number): void {
  const sorted = [...entries].sort((a, b) => a.start - b.start || a.end - b.end);
  let filled = dataStart;
  for (const { name, start, end } of sorted) {
    if (end > fileLength) {
      throw fileError(file, fileLength, `'${name}' in bytes ${start} to ${end}`, 'the end of the file');
    }
    if (start !== filled) {
      const what = start < filled ? 'the start of another tensor' : `a gap of ${start - filled} bytes`;
      throw fileError(
        file,
        Math.min(start, filled),
        `'${name}' behind the data before it, at ${filled}`,
        what,
      );
    }
    filled = end;
  }
  if (filled !== fileLength) {
    const got = `${fileLength - filled} bytes of no tensor`;
    throw fileError(file, filled, 'the end of the file', got);
  }
}

function readTensor(view: DataView, { type, shape, start }: Entry): HostTensor {
  const length = sizeOf(shape);
  const values = type.fitsFloat32 ? new Float32Array(length) : new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = type.read(view, start + i * type.size);
  return { shape, values };
}

function checkMetadata(file: string, metadata: unknown): Readonly<Record<string, string>> {
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string')) {
    return metadata as Record<string, string>;
  }
  throw fileError(file, HEADER_START, '__metadata__ of texts by name', shortened(JSON.stringify(metadata)));
}

/** As much as a message holds, and no more than a terminal can show. */
const shortened = (text: string): string =>
  (text.length > 80 ? `${text.slice(0, 80)}...` : text).replace(/[^\x20-\x7e]/g, '?');

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);

function fileError(file: string, offset: number, expected: string, got: string, cause?: unknown): Error {
  return new Error(
    `decodeSafetensors: ${file}, offset ${offset} is ${got}; expected ${expected}. Save or fetch the file again.`,
    cause === undefined ? {} : { cause },
  );
}
