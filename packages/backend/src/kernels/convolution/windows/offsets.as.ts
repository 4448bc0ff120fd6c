/**
 * Writes the table that `convolve` and `correlate` walk: for each (unit, row, column) the byte offsets of its
 * window in the source and of its pixel in the target, two u32 an entry.
 */
export function writeOffsets(
  table: usize,
  units: i32, rows: i32, columns: i32,
  sourceUnit: u32, sourceRow: u32, sourceColumn: u32,
  targetUnit: u32, targetRow: u32, targetColumn: u32,
): void {
  let entry = table;
  for (let unit = 0; unit < units; unit++) {
    for (let row = 0; row < rows; row++) {
      let source = <u32>unit * sourceUnit + <u32>row * sourceRow;
      let target = <u32>unit * targetUnit + <u32>row * targetRow;
      for (let column = 0; column < columns; column++) {
        store<u32>(entry, source);
        store<u32>(entry, target, 4);
        source += sourceColumn;
        target += targetColumn;
        entry += 8;
      }
    }
  }
}
