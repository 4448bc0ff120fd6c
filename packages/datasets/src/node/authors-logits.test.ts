import { expect, test } from 'vitest';
import { authorsLogitsFiles, authorsLogitsMaxBytes } from './authors-logits.js';

test("the authors' files have names of their own and checksums of SHA-256", () => {
  expect(authorsLogitsFiles).toHaveLength(3);
  for (const key of ['file', 'source', 'sha256'] as const) {
    expect(new Set(authorsLogitsFiles.map((each) => each[key])).size).toBe(3);
  }
  for (const { sha256 } of authorsLogitsFiles) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  // The largest: 60,000 rows of 10 numbers behind a header of 128 bytes.
  expect(authorsLogitsMaxBytes).toBeGreaterThan(60_000 * 10 * 4 + 128);
});
