import { MASKED } from '../softmax/masked.js';

/**
 * @param logits row-major `[examples, classes]`, called `name` by the caller.
 * @throws RangeError if the length is no multiple of `classes`, or naming the first value that is not finite.
 */
export function checkFiniteLogits(
  caller: string,
  name: string,
  logits: ArrayLike<number>,
  classes: number,
): void {
  checkRows(caller, name, logits, classes);
  for (let index = 0; index < logits.length; index += 1) {
    if (!Number.isFinite(logits[index])) {
      throw new RangeError(
        `${caller}: ${place(name, index, classes)} is ${logits[index]}; expected a finite number. ${REMEDY}`,
      );
    }
  }
}

/**
 * The same of a teacher, which may mask classes: −Infinity, or less than any number that is meant, of probability 0.
 *
 * @throws RangeError if the length is no multiple of `classes`, naming the first value that is NaN or Infinity, or a row that
 *   masks all classes.
 */
export function checkTeacherRows(
  caller: string,
  name: string,
  logits: ArrayLike<number>,
  classes: number,
): void {
  checkRows(caller, name, logits, classes);
  let isOpen = false;
  for (let index = 0; index < logits.length; index += 1) {
    const value = logits[index] as number;
    if (!(value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `${caller}: ${place(name, index, classes)} is ${value}; expected a finite number, or -Infinity for a class that ` +
          `is masked. ${REMEDY}`,
      );
    }
    isOpen = value > MASKED || (isOpen && index % classes !== 0);
    if (index % classes === classes - 1 && !isOpen) {
      throw new RangeError(
        `${caller}: ${name}[${Math.floor(index / classes)}] masks every class; expected a finite number in each row. ${REMEDY}`,
      );
    }
  }
}

const REMEDY = 'Run the teacher again in float32 and look for overflow.';

const place = (name: string, index: number, classes: number): string =>
  `${name}[${Math.floor(index / classes)}][${index % classes}]`;

function checkRows(caller: string, name: string, logits: ArrayLike<number>, classes: number): void {
  if (logits.length % classes === 0) return;
  throw new RangeError(
    `${caller}: ${name} has ${logits.length} values; expected a multiple of ${classes} classes. ` +
      'Was the teacher trained on another dataset?',
  );
}
