import type { TeacherLogits, TorchRandom } from '@metadistill/datasets';

export interface NoisyLabelsOptions {
  readonly labels: Int32Array;
  readonly classes: number;
  /** The share of labels that become another class, each of the others equally often. */
  readonly noise: number;
  readonly random: TorchRandom;
}

/** Labels some of which are wrong. */
export function noisyLabels({ labels, classes, noise, random }: NoisyLabelsOptions): Int32Array {
  return labels.map((label) => {
    const other = (label + random.integer(1, classes)) % classes;
    return random.uniform(0, 1) < noise ? other : label;
  });
}

export interface ForeignAnswersOptions {
  readonly logits: TeacherLogits;
  /** The right class of each example. */
  readonly labels: Int32Array;
  /** The classes whose examples get the answers to another class, and which may lend them: at least two. */
  readonly foreign: readonly number[];
  readonly random: TorchRandom;
}

/** A teacher that answers, on every example of a foreign class, as it does on an example of another foreign class. */
export function foreignAnswers({ logits, labels, foreign, random }: ForeignAnswersOptions): TeacherLogits {
  const { values, classes, examples } = logits;
  const ofClass = Array.from({ length: classes }, (): number[] => []);
  for (const [i, label] of labels.entries()) ofClass[label]?.push(i);
  const answers = values.slice();
  for (let i = 0; i < examples; i++) {
    const place = foreign.indexOf(labels[i] as number);
    if (place < 0) continue;
    const other = foreign[(place + random.integer(1, foreign.length)) % foreign.length] as number;
    const lenders = ofClass[other] as number[];
    const lender = lenders[random.integer(0, lenders.length)] as number;
    answers.set(values.subarray(lender * classes, (lender + 1) * classes), i * classes);
  }
  return { values: answers, examples, classes };
}
