import type { Dataset, TrainTest } from '@metadistill/datasets';
import { markdownTable } from 'markdown-table';

/** What a data set holds, as text: shapes, counts, and how many examples of each class there are. */
export function describeDataset({ train, test }: TrainTest): string {
  const counts = [train, test].map(classCounts);
  const rows = Array.from({ length: train.classes }, (_, label) => [
    String(label),
    ...counts.map((count) => String(count[label])),
  ]);
  const histogram = markdownTable([['class', 'training', 'test'], ...rows], { align: ['r', 'r', 'r'] });
  return `${describe(train)}\n${describe(test)}\n\n${histogram}\n`;
}

function describe({ name, examples, exampleShape, labels, classes }: Dataset): string {
  const type = examples instanceof Uint8Array ? 'uint8' : 'float32';
  return `${name}: ${labels.length} examples [${exampleShape.join(', ')}] ${type}, ${classes} classes`;
}

function classCounts({ labels, classes }: Dataset): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
