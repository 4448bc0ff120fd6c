import { checkOptions, describeValue } from '@metadistill/options';
import type { TeacherLogits } from '../types.js';
import { checkTeacherLogits } from './teacher-logits.js';

export interface MapTeacherClassesOptions {
  /** The teacher's logits over its own classes, such as those of `loadTeacherLogits(file, { ...dataset, classes: 100 })`. */
  readonly teacherLogits: TeacherLogits;
  /** How many classes the student has. */
  readonly classes: number;
  /** For each class of the teacher the student's class that it is, or −1 if it is none of them. */
  readonly mapping: ArrayLike<number>;
  /**
   * What a class of the student gets that is none of the teacher's: a logit so far below the least of its row, at least 0. By
   * default such a class is refused.
   */
  readonly missingGap?: number;
}

/**
 * A teacher's logits over its own classes as logits over the student's: for the student's class c
 * log Σ exp(t_k) over the teacher's classes k with mapping[k] = c.
 *
 * At temperature 1 a class has the sum of the probabilities of those that are mapped onto it, given that the example is of a
 * class that is mapped at all: −1 leaves a class out. The teacher says nothing of a class that it does not know. With
 * `missingGap` such a class gets the least logit of the row minus the gap, and so at a temperature T exp(−gap/T) times the
 * probability of the class that the teacher finds least likely: choose the gap some times larger than the T you soften by.
 * The logits stay finite, since losses compare them with the student's.
 *
 * Pass a teacher with a gap to `distil` as one of several, if need be the only one: `teachers: [it]`. It is then trusted class
 * by class, and the labels teach the classes that it does not know. As the single `teacherLogits` it says with certainty that
 * an example of such a class is of another.
 *
 * @returns logits `[examples, classes]` in memory of their own.
 * @throws RangeError if the mapping does not fit the teacher's and the student's classes or leaves one of the student's
 *   without, or the gap is negative or too large for float32; Error if a logit is not finite; TypeError if an option is unknown.
 */
export function mapTeacherClasses(options: MapTeacherClassesOptions): TeacherLogits {
  checkOptions<MapTeacherClassesOptions>('mapTeacherClasses', options, {
    teacherLogits: 'teacherLogits',
    classes: true,
    mapping: 'numbers',
    missingGap: 'number?',
  });
  const { teacherLogits, classes, missingGap } = options;
  const mapping = Array.from(options.mapping);
  checkMapping(teacherLogits, mapping, classes, missingGap);
  const { values, examples, classes: teacherClasses } = teacherLogits;
  const mapped = new Float32Array(examples * classes);
  for (let example = 0; example < examples; example++) {
    const logits = values.subarray(example * teacherClasses, (example + 1) * teacherClasses);
    const row = mappedRow(logits, mapping, classes, missingGap);
    if (!row.some(Number.isFinite)) {
      throw new Error(
        `mapTeacherClasses: teacherLogits: row ${example} masks every class that is mapped; expected a finite number. Map more ` +
          'classes, or leave the example out.',
      );
    }
    mapped.set(row, example * classes);
  }
  return { values: mapped, examples, classes };
}

function mappedRow(
  logits: Float32Array,
  mapping: readonly number[],
  classes: number,
  missingGap = 0,
): Float64Array {
  const largest = new Float64Array(classes).fill(Number.NEGATIVE_INFINITY);
  for (const [k, c] of mapping.entries()) if (c >= 0) largest[c] = Math.max(largest[c]!, logits[k]!);
  const totals = new Float64Array(classes);
  for (const [k, c] of mapping.entries()) if (c >= 0) totals[c]! += Math.exp(logits[k]! - largest[c]!);
  // The logarithm of nothing but masked classes, exp(−Infinity + Infinity), is masked too.
  const row = totals.map((total, c) =>
    largest[c]! > Number.NEGATIVE_INFINITY ? largest[c]! + Math.log(total) : largest[c]!,
  );
  const floor = Math.min(...row.filter(Number.isFinite)) - missingGap;
  if (!Number.isFinite(Math.fround(floor)) && row.some(Number.isFinite)) {
    throw new RangeError(
      `mapTeacherClasses: missingGap is ${missingGap}; expected one that leaves all logits finite in float32. Some times the ` +
        'temperature that you soften by is enough, such as 100.',
    );
  }
  return row.map((logit, c) => (mapping.includes(c) ? logit : floor));
}

function checkMapping(
  { values, examples, classes: teacherClasses }: TeacherLogits,
  mapping: readonly number[],
  classes: number,
  missingGap: number | undefined,
): void {
  const fail = (got: string, expected: string) =>
    new RangeError(`mapTeacherClasses: ${got}; expected ${expected}`);
  checkTeacherLogits(
    { shape: [examples, teacherClasses], values },
    { name: "the teacher's own classes", classes: teacherClasses, labels: { length: examples } },
    'teacherLogits',
    'mapTeacherClasses',
  );
  if (!(Number.isInteger(classes) && classes > 0)) {
    throw fail(`classes is ${describeValue(classes)}`, 'an integer of at least 1.');
  }
  if (mapping.length !== teacherClasses) {
    throw fail(
      `mapping has ${mapping.length} entries`,
      `${teacherClasses}, one for each class of the teacher. Map a class that the student does not have to -1.`,
    );
  }
  for (const [k, c] of mapping.entries()) {
    if (Number.isInteger(c) && c >= -1 && c < classes) continue;
    throw fail(
      `mapping[${k}] is ${describeValue(c)}`,
      `a class of the student in 0..${classes - 1}, or -1 for none of them.`,
    );
  }
  if (missingGap !== undefined && !(missingGap >= 0 && Number.isFinite(missingGap))) {
    throw fail(`missingGap is ${missingGap}`, 'a finite number of at least 0.');
  }
  const known = new Set(mapping.filter((c) => c >= 0));
  const missing = Array.from({ length: classes }, (_, c) => c).filter((c) => !known.has(c));
  if (missing.length === 0 || (missingGap !== undefined && known.size > 0)) return;
  throw fail(
    `mapping is without the student's class ${missing.join(', ')}`,
    `each of 0..${classes - 1}. ${
      known.size > 0
        ? 'Give missingGap if the teacher shall find such a class less likely than all others.'
        : 'A teacher that knows none of them cannot teach.'
    }`,
  );
}
