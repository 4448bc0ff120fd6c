import { blockRows } from '../lanes/block-rows.as';
import { loadLanes, storeLanes } from '../lanes/lanes.as';

/**
 * The sum of each channel over the rows, block by block of them. If `step` is not 0, each block has sums of its own, that many
 * bytes behind those of the block before.
 */
export function channelSums(x: usize, rows: i32, channels: i32, sums: usize, step: usize): void {
  if (rows === 0) memory.fill(sums, 0, <usize>channels << 2);
  const atOnce = blockRows(channels), whole = channels & ~3;
  for (let row = 0; row < rows; row += atOnce) {
    const count = min(atOnce, rows - row), first = row === 0 || step !== 0;
    const block = x + (<usize>(row * channels) << 2);
    let channel = 0;
    for (; channel < whole; channel += 4) addColumn(false, block, count, channels, channel, sums, first);
    for (; channel < channels; channel++) addColumn(true, block, count, channels, channel, sums, first);
    sums += step;
  }
}

// @ts-ignore: decorator
@inline
function addColumn(one: bool, x: usize, count: i32, channels: i32, channel: i32, sums: usize, first: bool): void {
  const offset = <usize>channel << 2, stride = <usize>channels << 2;
  let p = x + offset;
  const end = p + <usize>count * stride, end4 = p + <usize>(count & ~3) * stride;
  let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
  for (; p < end4; p += stride) {
    a = f32x4.add(a, loadLanes(one, p));
    p += stride;
    b = f32x4.add(b, loadLanes(one, p));
    p += stride;
    c = f32x4.add(c, loadLanes(one, p));
    p += stride;
    d = f32x4.add(d, loadLanes(one, p));
  }
  for (; p < end; p += stride) a = f32x4.add(a, loadLanes(one, p));
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const before = first ? f32x4.splat(0) : loadLanes(one, sums + offset);
  storeLanes(one, sums + offset, f32x4.add(before, sum));
}
