/** Means over the classes that occur, each counted alike. */
export interface Confusion {
  /** Of what is said to be of a class, the share that is; 0 for a class that is never said. */
  readonly precision: number;
  /** Of what is of a class, the share that is said to be. */
  readonly recall: number;
  /** The harmonic mean of both, of each class. */
  readonly f1: number;
}

interface ConfusionInput {
  /** `[examples, classes]`. */
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Macro precision, recall and F1 over the classes that occur among the labels. Of equal logits the first class is said. */
export function confusionOf({ logits, labels, classes }: ConfusionInput): Confusion {
  const count = () => new Float64Array(classes);
  const [right, said, are] = [count(), count(), count()];
  for (const [i, label] of labels.entries()) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const choice = row.indexOf(row.reduce((top, logit) => Math.max(top, logit), Number.NEGATIVE_INFINITY));
    said[choice]!++;
    are[label]!++;
    if (choice === label) right[label]!++;
  }
  const occurring = Array.from(are.keys()).filter((k) => are[k]! > 0);
  const mean = (of: (k: number) => number) => occurring.reduce((sum, k) => sum + of(k), 0) / occurring.length;
  return {
    precision: mean((k) => (said[k] ? right[k]! / said[k]! : 0)),
    recall: mean((k) => right[k]! / are[k]!),
    f1: mean((k) => (2 * right[k]!) / (said[k]! + are[k]!)),
  };
}
