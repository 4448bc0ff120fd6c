/**
 * Checks class indices once a dataset, on the host, where no step has to pay for it.
 *
 * @param labels class indices of every example.
 * @param classes how many classes the logits have; labels lie in 0 <= label < classes.
 * @throws RangeError naming the first label that is not an integer in range.
 */
export function checkLabels(labels: ArrayLike<number>, classes: number): void {
  for (let index = 0; index < labels.length; index += 1) {
    const label = labels[index] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `checkLabels: labels[${index}] is ${label}; expected an integer from 0 to ${classes - 1}. ` +
          'Does the file number its classes from 1, or belong to another dataset?',
      );
    }
  }
}
