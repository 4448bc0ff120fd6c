/** How numbers of a type stand in a safetensors file, little-endian. */
export interface ElementType {
  /** Bytes of a number. */
  readonly size: number;
  /** Whether float32 holds every number of the type. */
  readonly fitsFloat32: boolean;
  read(view: DataView, offset: number): number;
}

/** The types that are read, by the names of the format. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['F64', { size: 8, fitsFloat32: false, read: (view, offset) => view.getFloat64(offset, true) }],
  ['F32', { size: 4, fitsFloat32: true, read: (view, offset) => view.getFloat32(offset, true) }],
  ['F16', { size: 2, fitsFloat32: true, read: (view, offset) => halfToNumber(view.getUint16(offset, true)) }],
  [
    'BF16',
    { size: 2, fitsFloat32: true, read: (view, offset) => brainToNumber(view.getUint16(offset, true)) },
  ],
  ['I64', { size: 8, fitsFloat32: false, read: (view, offset) => Number(view.getBigInt64(offset, true)) }],
  ['I32', { size: 4, fitsFloat32: false, read: (view, offset) => view.getInt32(offset, true) }],
  ['U8', { size: 1, fitsFloat32: true, read: (view, offset) => view.getUint8(offset) }],
  ['BOOL', { size: 1, fitsFloat32: true, read: (view, offset) => view.getUint8(offset) }],
]);

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // Without the leading one, subnormal numbers have the exponent of the smallest normal ones.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16: the upper half of a float32. */
function brainToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}
