import type { ContentDigests } from './identify-files.js';

/** The folder that the official archive unpacks to, and ours. */
export const cifar10Folder = 'cifar-10-batches-bin';

/** The five training batches in their official order, which is the order of teacher logits, and the test batch. */
export const cifar10Files = {
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
} as const;

/**
 * SHA-256 of the files of the official archive, whose own is c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd.
 *
 * @see github.com/ankane/torchvision-ruby, lib/torchvision/datasets/cifar10.rb.
 */
export const cifar10Digests: ContentDigests = {
  'data_batch_1.bin': 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  'data_batch_2.bin': 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  'data_batch_3.bin': 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  'data_batch_4.bin': '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  'data_batch_5.bin': '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
  'test_batch.bin': '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
};
