import { describeValue } from '@metadistill/options';
/** @throws RangeError naming the first label that is not an integer in 0 <= label < classes. */
export function checkLabels(caller: string, labels: ArrayLike<number>, classes: number): void {
  for (let index = 0; index < labels.length; index += 1) {
    const label = labels[index] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `${caller}: labels[${index}] is ${describeValue(label)}; expected an integer from 0 to ${classes - 1}. ` +
          'Does the file number its classes from 1, or belong to another dataset?',
      );
    }
  }
}
