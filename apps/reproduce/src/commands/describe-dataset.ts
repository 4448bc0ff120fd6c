import type { Dataset } from '@metadistill/datasets';
import type { LoadedDataset } from '@metadistill/datasets/node';
import { markdownTable } from 'markdown-table';

/** What a data set holds, as text: shapes, counts, whose pixels they are, and how many examples of each class there are. */
export function describeDataset({ train, test, ...identity }: LoadedDataset): string {
  const counts = [train, test].map(classCounts);
  const rows = Array.from({ length: train.classes }, (_, label) => [
    String(label),
    ...counts.map((count) => String(count[label])),
  ]);
  const histogram = markdownTable([['class', 'training', 'test'], ...rows], { align: ['r', 'r', 'r'] });
  return `${describe(train)}\n${describe(test)}\n${describeIdentity(identity)}\n\n${histogram}\n`;
}

function describe({ name, examples, exampleShape, labels, classes }: Dataset): string {
  const type = examples instanceof Uint8Array ? 'uint8' : 'float32';
  return `${name}: ${labels.length} examples [${exampleShape.join(', ')}] ${type}, ${classes} classes`;
}

function describeIdentity({ dataset, origin, fingerprint }: Omit<LoadedDataset, 'train' | 'test'>): string {
  if (origin === 'official') return `official pixels, as they were published: ${fingerprint}`;
  return (
    `unofficial pixels: ${fingerprint}\n` +
    '  These are not the published files, and accuracies may differ from published ones. The logs of runs say so. What the files\n' +
    '  are is remembered in the data folder, and they are refused if they change. To fetch the published ones, move these and\n' +
    `  ${dataset}.fingerprints.json away and run this command again.`
  );
}

function classCounts({ labels, classes }: Dataset): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
