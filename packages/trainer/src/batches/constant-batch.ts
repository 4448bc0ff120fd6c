import type { BatchSource } from '../types.js';

/** The same batch at every iteration: full-batch training. The batch stays the caller's. */
export const constantBatch = <Batch>(batch: Batch): BatchSource<Batch> => ({
  at: () => batch,
  release: () => {},
});
