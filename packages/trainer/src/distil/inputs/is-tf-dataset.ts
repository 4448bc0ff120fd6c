/** What is used of a `tf.data.Dataset`, whose elements are `{ xs, ys }`: one example each, or a batch of them. */
export interface TfDataset {
  readonly size: number | null;
  iterator(): Promise<{ next(): Promise<{ readonly value: unknown; readonly done?: boolean }> }>;
}

export const isTfDataset = (value: unknown): value is TfDataset =>
  typeof value === 'object' && value !== null && 'iterator' in value && 'size' in value;
