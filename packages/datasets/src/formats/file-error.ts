/** What is wrong with a file, and where. */
export interface FileFault {
  readonly offset: number;
  readonly expected: string;
  readonly got: string;
  /** What the user can do; by default, to fetch the file again. */
  readonly remedy?: string;
}

/** The error of a reader: it names the file, the offset in bytes, what was expected and what is there. */
export function fileError(reader: string, file: string, fault: FileFault): Error {
  const { offset, expected, got, remedy = 'Fetch the file again.' } = fault;
  return new Error(`${reader}: ${file}, offset ${offset} is ${got}; expected ${expected}. ${remedy}`);
}

/** Expects `length` bytes in all: fewer means that the file is truncated, more that it is not what it says. */
export function checkFileLength(
  reader: string,
  file: string,
  bytes: { readonly length: number },
  length: number,
): void {
  if (bytes.length < length) {
    const got = `the end of a truncated file of ${bytes.length} bytes`;
    throw fileError(reader, file, { offset: bytes.length, expected: `${length} bytes`, got });
  }
  if (bytes.length > length) {
    const got = `the first of ${bytes.length - length} trailing bytes`;
    throw fileError(reader, file, { offset: length, expected: `the end of the file`, got });
  }
}
