import { describeValue } from '@metadistill/options';
import { checked } from '../call/checked.js';
import {
  checkFinite,
  checkNumbers,
  checkOneOf,
  checkSize,
  checkSizes,
  isSize,
  shown,
} from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { KernelRow } from '../call/kernel-row.js';
import { movingBooleans } from './moving-booleans.js';

function checkFill({
  attrs: { shape, value, dtype },
}: KernelCall<
  never,
  { readonly shape: readonly number[]; readonly value: unknown; readonly dtype: unknown }
>): void {
  checkSizes('fill', 'shape', shape, Array.isArray(shape) ? shape.length : 0, 0);
  if (dtype === 'string' || (dtype === undefined && typeof value === 'string')) return;
  checkOneOf('fill', 'dtype', dtype ?? 'float32', ['float32', 'int32', 'bool']);
  if (typeof value === 'number' || typeof value === 'boolean') return;
  throw new TypeError(`fill: value is ${describeValue(value)}; expected a number or a boolean.`);
}

function checkLinSpace({
  attrs: { start, stop, num },
}: KernelCall<never, { readonly start: number; readonly stop: number; readonly num: number }>): void {
  checkFinite('linspace', { start, stop });
  checkSize('linspace', 'num', typeof num === 'number' ? Math.floor(num) : num, 1);
}

interface RangeAttributes {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype?: string;
}

function checkRange({ attrs: { start, stop, step, dtype } }: KernelCall<never, RangeAttributes>): void {
  checkFinite('range', { start, stop, step });
  checkOneOf('range', 'dtype', dtype ?? 'float32', ['float32', 'int32']);
  if (step !== 0 && isSize(Math.ceil(Math.abs((stop - start) / step)), 0)) return;
  throw new RangeError(
    `range: step is ${step} from ${start} to ${stop}; expected one that makes at most 2^30 numbers.`,
  );
}

type Pair = readonly [before: number, after: number];

/** Pairs of whole numbers from 0, one for each of some axes. */
function checkPairs(
  kernel: string,
  name: string,
  given: unknown,
  axes: number,
): asserts given is readonly Pair[] {
  const isPair = (pair: unknown) =>
    Array.isArray(pair) && pair.length === 2 && pair.every((size) => isSize(size, 0));
  if (Array.isArray(given) && given.length === axes && given.every(isPair)) return;
  const value = Array.isArray(given) ? `[${given.map(describeValue).join(', ')}]` : describeValue(given);
  throw new RangeError(`${kernel}: ${name} is ${value}; expected ${axes} pairs of whole numbers from 0.`);
}

function checkPad({
  inputs: { x },
  attrs: { paddings, constantValue },
}: KernelCall<'x', { readonly paddings: unknown; readonly constantValue: number }>): void {
  checkPairs('pad', 'paddings', paddings, x.shape.length);
  if (typeof constantValue !== 'boolean') checkNumbers('pad', { constantValue });
}

type MirrorCall = KernelCall<'x', { readonly paddings: unknown; readonly mode: string }>;

const mirrorPad = movingBooleans(['x'], ({ inputs: { x }, attrs: { paddings, mode } }: MirrorCall) => {
  if (x.shape.length === 0) throw new RangeError('mirrorPad: x is a scalar; expected at least one axis.');
  checkOneOf('mirrorPad', 'mode', mode, ['reflect', 'symmetric']);
  checkPairs('mirrorPad', 'paddings', paddings, x.shape.length);
  const edge = mode === 'reflect' ? 1 : 0;
  for (const [axis, pair] of paddings.entries()) {
    const most = Math.max(x.shape[axis]! - edge, 0);
    if (Math.max(...pair) <= most) continue;
    throw new RangeError(
      `mirrorPad: paddings has ${shown(pair)} for an axis of ${x.shape[axis]}; expected at most ${most} in mode ${mode}.`,
    );
  }
});

interface BlockAttributes {
  readonly blockShape: readonly number[];
  readonly paddings?: unknown;
  readonly crops?: unknown;
}

const checkBlocks =
  (kernel: string, name: 'paddings' | 'crops') =>
  ({ inputs: { x }, attrs }: KernelCall<'x', BlockAttributes>): void => {
    const { blockShape } = attrs;
    const edges: unknown = attrs[name];
    const axes = Array.isArray(blockShape) ? blockShape.length : 0;
    checkSizes(kernel, 'blockShape', blockShape, Math.max(axes, 1), 1);
    checkSize(kernel, 'x.rank', x.shape.length, axes + 1);
    checkPairs(kernel, name, edges, axes);
    const blocks = blockShape.reduce((product, size) => product * size, 1);
    const batch = x.shape[0]!;
    if (name === 'crops' && batch % blocks !== 0) {
      throw new RangeError(
        `${kernel}: x has ${batch} examples; expected a multiple of ${blocks}, the cells of a block.`,
      );
    }
    for (const [axis, block] of blockShape.entries()) {
      const size = x.shape[axis + 1]!;
      const edge = edges[axis]![0] + edges[axis]![1];
      if (name === 'crops' ? edge <= size * block : (size + edge) % block === 0) continue;
      throw new RangeError(
        `${kernel}: ${name} is ${shown(edges[axis]!)} for an axis of ${size}; expected ${name === 'crops' ? `at most ${size * block} together` : `that makes it a multiple of ${block}`}.`,
      );
    }
  };

export const shapeChecks: readonly KernelRow[] = [
  { name: 'Fill', wasm: checked(checkFill) },
  { name: 'LinSpace', wasm: checked(checkLinSpace) },
  { name: 'Range', wasm: checked(checkRange) },
  { name: 'PadV2', wasm: checked(checkPad) },
  { name: 'MirrorPad', wasm: mirrorPad },
  { name: 'SpaceToBatchND', wasm: checked(checkBlocks('spaceToBatchND', 'paddings')) },
  { name: 'BatchToSpaceND', wasm: checked(checkBlocks('batchToSpaceND', 'crops')) },
];
