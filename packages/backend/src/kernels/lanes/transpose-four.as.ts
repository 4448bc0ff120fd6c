/** Four rows of four floats, written as four columns; strides in bytes. */
// @ts-ignore: decorator
@inline
export function transposeFour(from: usize, fromRow: isize, to: usize, toRow: isize): void {
  const a = v128.load(from), b = v128.load(from + fromRow);
  const c = v128.load(from + 2 * fromRow), d = v128.load(from + 3 * fromRow);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to + toRow, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  v128.store(to + 2 * toRow, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(to + 3 * toRow, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}
