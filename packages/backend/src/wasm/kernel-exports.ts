type Address = number;

/** The functions of assembly/, which says what each computes. Addresses and strides are in bytes. */
export interface KernelExports {
  writeOffsets(
    table: Address,
    units: number,
    rows: number,
    columns: number,
    sourceUnit: number,
    sourceRow: number,
    sourceColumn: number,
    targetUnit: number,
    targetRow: number,
    targetColumn: number,
  ): void;
  convolve(
    source: Address,
    filter: Address,
    bias: Address,
    target: Address,
    table: Address,
    pixels: number,
    units: number,
    unitsAtOnce: number,
    sourceUnit: number,
    targetUnit: number,
    rows: number,
    run: number,
    sourceRow: number,
    firstTap: number,
    filterRow: number,
    taps: number,
    channels: number,
  ): void;
  correlate(...of: Correlation): void;
  correlateGathered(...of: readonly [...Correlation, scratch: Address]): void;
  packFilter(
    filter: Address,
    packed: Address,
    taps: number,
    channels: number,
    tapStride: number,
    channelStride: number,
    blockTaps: number,
  ): void;
  unpackFilter(packed: Address, filter: Address, taps: number, channels: number): void;
  padChannels(from: Address, to: Address, rows: number, channels: number, padded: number): void;
  transpose(from: Address, to: Address, rows: number, columns: number): void;
  zero(address: Address, bytes: number): void;
  moments(x: Address, rows: number, channels: number, mean: Address, variance: Address): void;
  channelSums(x: Address, rows: number, channels: number, sums: Address): void;
  centredSums(
    g: Address,
    x: Address,
    rows: number,
    channels: number,
    mean: Address,
    sums: Address,
    products: Address,
  ): void;
  normalise(
    x: Address,
    y: Address,
    rows: number,
    channels: number,
    mean: Address,
    slope: Address,
    offset: Address,
  ): void;
  normaliseDerivative(
    g: Address,
    x: Address,
    out: Address,
    rows: number,
    channels: number,
    mean: Address,
    gSlope: Address,
    xSlope: Address,
    offset: Address,
  ): void;
  normaliseReluPool(
    x: Address,
    y: Address,
    argmax: Address,
    images: number,
    height: number,
    width: number,
    channels: number,
    mean: Address,
    slope: Address,
    offset: Address,
  ): void;
  normaliseReluPoolValues(
    x: Address,
    y: Address,
    images: number,
    height: number,
    width: number,
    channels: number,
    mean: Address,
    slope: Address,
    offset: Address,
  ): void;
  winnerSums(
    dy: Address,
    argmax: Address,
    x: Address,
    images: number,
    height: number,
    width: number,
    channels: number,
    mean: Address,
    sums: Address,
    products: Address,
  ): void;
  winnerGradient(dy: Address, argmax: Address, x: Address, dx: Address, ...rest: WinnerMap): void;
  winnerTangent(dx: Address, argmax: Address, x: Address, dy: Address, ...rest: WinnerMap): void;
  maxPool(x: Address, y: Address, argmax: Address, ...geometry: PoolGeometry): void;
  maxPoolScatter(dy: Address, argmax: Address, dx: Address, ...geometry: PoolGeometry): void;
  maxPoolGather(dx: Address, argmax: Address, dy: Address, ...geometry: PoolGeometry): void;
  globalAveragePool(x: Address, y: Address, images: number, pixels: number, channels: number): void;
  globalAveragePoolGradient(dy: Address, dx: Address, images: number, pixels: number, channels: number): void;
  combine(x: Address, y: Address, out: Address, size: number, xScale: number, yScale: number): void;
  scale(x: Address, out: Address, size: number, factor: number): void;
  dot(x: Address, y: Address, size: number): number;
  reluGradient(dy: Address, y: Address, dx: Address, size: number): void;
  lookUpBytes(bytes: Address, tables: Address, out: Address, size: number, channels: number): void;
  multiplyAddChains(rounds: number): number;
  multiplyAddLoads(from: Address, rounds: number): number;
}

/** What the two ways to correlate take alike. */
export type Correlation = readonly [
  source: Address,
  cotangent: Address,
  gradient: Address,
  table: Address,
  runs: number,
  length: number,
  sourceStep: number,
  cotangentStep: number,
  alongUnits: boolean,
  units: number,
  unitsAtOnce: number,
  sourceUnit: number,
  cotangentUnit: number,
  rows: number,
  rowTaps: number,
  sourceRow: number,
  firstTap: number,
  gradientRow: number,
  taps: number,
  channels: number,
];

export type PoolGeometry = readonly [
  images: number,
  height: number,
  width: number,
  channels: number,
  sizeHeight: number,
  sizeWidth: number,
  strideHeight: number,
  strideWidth: number,
  top: number,
  left: number,
  rows: number,
  columns: number,
];

export type WinnerMap = readonly [
  images: number,
  height: number,
  width: number,
  channels: number,
  mean: Address,
  gSlope: Address,
  xSlope: Address,
  offset: Address,
];
