import { describeValue } from '@metadistill/options';
import { sizeOf } from '../shapes.js';
import type { HostTensor, NamedTensors } from './types.js';

/** The data start at a multiple of this, as readers that map files into memory want. */
const ALIGNMENT = 8;

/**
 * Writes a safetensors file, tensors in the order given: `Float32Array` as F32, `Float64Array` as F64.
 *
 * @throws TypeError if values are neither; RangeError if a shape does not hold as many values as there are, or a tensor has the name of the metadata.
 * @see https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensors(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let dataLength = 0;
  const entries = [...tensors].map(([name, { shape, values }]) => {
    checkTensor(name, { shape, values });
    const start = dataLength;
    dataLength += values.byteLength;
    const dtype = values instanceof Float32Array ? 'F32' : 'F64';
    return [name, { dtype, shape, data_offsets: [start, dataLength] }] as const;
  });
  const hasMetadata = Object.keys(metadata).length > 0;
  const header = Object.fromEntries<unknown>([
    ...(hasMetadata ? [['__metadata__', metadata] as const] : []),
    ...entries,
  ]);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;

  const bytes = new Uint8Array(8 + headerLength + dataLength).fill(0x20, 8, 8 + headerLength);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  let offset = 8 + headerLength;
  for (const { values } of tensors.values()) {
    for (const value of values) {
      if (values instanceof Float32Array) view.setFloat32(offset, value, true);
      else view.setFloat64(offset, value, true);
      offset += values.BYTES_PER_ELEMENT;
    }
  }
  return bytes;
}

function checkTensor(name: string, { shape, values }: HostTensor): void {
  if (name === '__metadata__') {
    throw new RangeError(
      'encodeSafetensors: a tensor has the name __metadata__; expected another. The format keeps it for the metadata.',
    );
  }
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    throw new TypeError(
      `encodeSafetensors: the values of '${name}' are ${describeValue(values)}; expected a Float32Array or a Float64Array. ` +
        'Convert them with from() of its class.',
    );
  }
  if (sizeOf(shape) !== values.length) {
    throw new RangeError(
      `encodeSafetensors: '${name}' has shape [${shape.join(', ')}]; expected one of ${values.length} values. Pass the shape of the values.`,
    );
  }
}
