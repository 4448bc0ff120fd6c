/** The folder that the official archive unpacks to, and ours. */
export const cifar10Folder = 'cifar-10-batches-bin';

/** The five training batches in their official order, which is the order of teacher logits, and the test batch. */
export const cifar10Files = {
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
} as const;
