import { Lines } from './lines.as';
import { transform, transformBytes } from './transform.as';

/** Bytes of scratch that filters need. */
// @ts-ignore: decorator
@inline
export function filterBytes(): usize {
  return transformBytes() + 9 * 16 * 32;
}

/**
 * Transforms blocks of eight outputs of a 3 × 3 filter, whose last axis is the outputs, or the inputs if `isTransposed`. The next
 * block is `block` bytes further, the next point `point`, and the next input 32.
 */
export function transformFilter(
  isTransposed: bool, side: i32, filter: usize, inputs: i32, outputs: i32, firstBlock: i32, blocks: i32,
  to: usize, point: usize, block: usize, scratch: usize,
): void {
  const tap = <usize>(inputs * outputs) << 2, patch = scratch + transformBytes();
  for (let at = 0; at < blocks; at++) {
    const first = (firstBlock + at) << 3;
    const target = to + <usize>at * block;
    if (!isTransposed) {
      inputsOfBlock(side, filter + (<usize>first << 2), tap, <usize>outputs << 2, target, point, inputs, scratch);
    } else {
      // A line of the cache at a time.
      for (let input = 0; input < inputs; input += 16) {
        const count = min(16, inputs - input);
        const from = filter + (<usize>(first * inputs + input) << 2);
        for (let each = 0; each < 9; each++) {
          transposeRows(from + <usize>each * tap, <usize>inputs << 2, patch + <usize>each * 512, count);
        }
        inputsOfBlock(side, patch, 512, 32, target + (<usize>input << 5), point, count, scratch);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function inputsOfBlock(side: i32, from: usize, tap: usize, input: usize, to: usize, point: usize, inputs: i32, scratch: usize): void {
  if (side === 4) filtersOfBlock(4, from, tap, input, to, point, inputs, scratch);
  else filtersOfBlock(2, from, tap, input, to, point, inputs, scratch);
}

// @ts-ignore: decorator
@inline
function filtersOfBlock(side: i32, from: usize, tap: usize, input: usize, to: usize, point: usize, inputs: i32, scratch: usize): void {
  const pointRow = <usize>(side + 2) * point;
  for (let at = 0; at < inputs; at++) {
    transform(Lines.Filter, side, from, 3 * tap, tap, to, pointRow, point, scratch);
    transform(Lines.Filter, side, from + 16, 3 * tap, tap, to + 16, pointRow, point, scratch);
    from += input;
    to += 32;
  }
}

/** Eight rows of `columns` floats, a multiple of four, as so many rows of eight. */
function transposeRows(from: usize, row: usize, to: usize, columns: i32): void {
  for (let half = 0; half < 2; half++) {
    let p = from + <usize>(half << 2) * row, q = to + (<usize>half << 4);
    for (let column = 0; column < columns; column += 4) {
      const a = v128.load(p), b = v128.load(p + row), c = v128.load(p + 2 * row), d = v128.load(p + 3 * row);
      const lowOfTwo = v128.shuffle<i32>(a, b, 0, 4, 1, 5), highOfTwo = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const lowOfNext = v128.shuffle<i32>(c, d, 0, 4, 1, 5), highOfNext = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(q, v128.shuffle<i64>(lowOfTwo, lowOfNext, 0, 2));
      v128.store(q, v128.shuffle<i64>(lowOfTwo, lowOfNext, 1, 3), 32);
      v128.store(q, v128.shuffle<i64>(highOfTwo, highOfNext, 0, 2), 64);
      v128.store(q, v128.shuffle<i64>(highOfTwo, highOfNext, 1, 3), 96);
      p += 16;
      q += 128;
    }
  }
}

/** The gradient of a filter `[3, 3, inputs, outputs]` from that of its points, which lie as `transformFilter` writes them. */
export function transformToFilter(
  side: i32, from: usize, point: usize, block: usize, inputs: i32, outputs: i32, firstBlock: i32, blocks: i32,
  gradient: usize, scratch: usize,
): void {
  const tap = <usize>(inputs * outputs) << 2, input = <usize>outputs << 2;
  for (let at = 0; at < blocks; at++) {
    const source = from + <usize>at * block, target = gradient + (<usize>(firstBlock + at) << 5);
    if (side === 4) gradientsOfBlock(4, source, point, target, tap, input, inputs, scratch);
    else gradientsOfBlock(2, source, point, target, tap, input, inputs, scratch);
  }
}

// @ts-ignore: decorator
@inline
function gradientsOfBlock(side: i32, from: usize, point: usize, to: usize, tap: usize, input: usize, inputs: i32, scratch: usize): void {
  const pointRow = <usize>(side + 2) * point;
  for (let at = 0; at < inputs; at++) {
    transform(Lines.FilterGradient, side, from, pointRow, point, to, 3 * tap, tap, scratch);
    transform(Lines.FilterGradient, side, from + 16, pointRow, point, to + 16, 3 * tap, tap, scratch);
    from += 32;
    to += input;
  }
}
