import { join } from 'node:path';
import { publishedFashionMnistNormalization } from '@metadistill/datasets';
import { dataFolder, loadFashionMnist, loadTeacherLogits } from '@metadistill/datasets/node';
import type { ImageSource } from './data.js';

let loaded: Promise<ImageSource> | undefined;

/** Fashion-MNIST, normalised as the authors do, with their ResNet-18's logits; loaded once a process. */
export function loadFashionMnistSource(): Promise<ImageSource> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ImageSource> {
  const { train, test } = await loadFashionMnist();
  const file = join(dataFolder(), 'teacher-logits', 'fashion-mnist-resnet18.npy');
  return {
    train,
    test,
    teacherLogits: await loadTeacherLogits(file, train),
    normalization: publishedFashionMnistNormalization,
  };
}
